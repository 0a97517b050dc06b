"""Resolved paths: every path that a file of the tree names, with what it leads to. Made once for all rules."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from stead.check.compose.stack import compose_model
from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.file_reference import Target, Targets, bases, below
from stead.model import SourceLocation

# Where a site's pages may have their top, for links that begin with a slash.
SITES = (".", "docs", "public", "static", "src", "website", "site")
ELSEWHERE = ("http:", "https:", "mailto:", "tel:", "ftp:", "data:", "javascript:", "ssh:", "git:", "vscode:", "//")
MACHINES = ("/home/", "/Users/", "/root/", "file:")


@dataclass(frozen=True, slots=True)
class ResolvedPath:
    """One path: the file that names it, the fact, who names it and how, and what is there.

    base    the folder that it starts from, relative to the root; the first one, where it may be any of several
    starts  all of these
    """

    file: Path
    at: At
    who: str
    how: str
    base: str
    target: Target
    starts: tuple[str, ...]

    @property
    def place(self) -> SourceLocation:
        return place(self.file, self.at)


def targets(context: Context) -> Targets:
    """Return the names of the tree, made once."""
    return Targets(context.tree)


def resolved_paths(context: Context) -> tuple[ResolvedPath, ...]:
    """Return every path that is not simply there."""
    found = context.once(targets)
    projects = _projects(context)
    named = [
        (file, at, path, (*projects.get(file, ()), *starts) if at.more.startswith("compose") else starts)
        for file, at in context.each("paths")
        if " absolute" not in at.more
        for path, starts in (bases(context.tree, file, at),)
    ]
    found.prepare(posixpath.normpath(f"{base}/{path}") for _, _, path, starts in named for base in starts)
    return tuple(_resolved(found, named))


def _projects(context: Context) -> dict[Path, tuple[str, ...]]:
    """Return the folders from which the paths of included Compose files start, where an include says another one."""
    homes = context.once(compose_model).homes
    return {file: (below(context.tree, home),) for file, home in homes.items()}


def _resolved(found: Targets, named: list[tuple[Path, At, str, tuple[str, ...]]]) -> Iterator[ResolvedPath]:
    for file, at, path, starts in named:
        target = found.find(path, starts)
        if target.state != "there":
            who, _, how = at.more.partition(" ")
            yield ResolvedPath(file, at, who, how, starts[0], target, starts)


def near(context: Context, each: ResolvedPath) -> str:
    """Return what a missing path may have meant, from any of the folders that it may start from."""
    words = each.at.text.partition("/")[2] if each.at.text.startswith("@") else each.at.text
    paths = (posixpath.normpath(f"{start}/{words}") for start in each.starts)
    return next(filter(None, (context.once(targets).near(path) for path in paths)), "")


def linked(context: Context) -> tuple[tuple[Path, At, str, str, Target], ...]:
    """Return every link into the tree: its file, the fact, the path below the root, the anchor, and what is there."""
    found = context.once(targets)
    links = [
        (file, at, *_split_anchor(context, file, at.text))
        for file, at in context.each("links")
        if not _is_external(at.text)
    ]
    found.prepare(path for _, _, starts, _ in links for path in starts)
    return tuple((file, at, path[0], anchor, _found(found, path)) for file, at, path, anchor in links)


def _found(found: Targets, paths: tuple[str, ...]) -> Target:
    """Look a link up; a site's generator lets it leave out the ending of a page."""
    results = [found.find(path, (".",)) for path in paths]
    there = next((each for each in results if each.state == "there"), None)
    pages = (found.find(f"{path}.md", (".",)) for path in paths if "." not in path.rpartition("/")[2])
    return there or next((each for each in pages if each.state == "there"), results[0])


def _split_anchor(context: Context, file: Path, text: str) -> tuple[tuple[str, ...], str]:
    """Return the paths that a link may mean, relative to the root, and its anchor."""
    whole, _, anchor = text.partition("#")
    path = unquote(whole.partition("?")[0])
    here = below(context.tree, file.parent)
    if not path:
        return (posixpath.normpath(f"{here}/{file.name}"),), unquote(anchor)
    if path.startswith("/"):
        top = posixpath.relpath(context.tree.top.as_posix(), context.root.as_posix())
        starts = dict.fromkeys((top, *SITES))
        return tuple(posixpath.normpath(f"{start}/{path.lstrip('/')}") for start in starts), unquote(anchor)
    candidates: tuple[str, ...] = (f"{here}/{path}",)
    if "." not in path.rstrip("/").rpartition("/")[2]:
        # A site serves `how.md` as `how/`, from where `../why/` leads.
        candidates = (*candidates, f"{here}/{file.stem}/{path}")
    return tuple(map(posixpath.normpath, candidates)), unquote(anchor)


def _is_external(text: str) -> bool:
    """Recognise a link that no file of the tree answers: an address, a template's expression, a page of a site."""
    if text.lower().startswith((*ELSEWHERE, *MACHINES)) or any(mark in text for mark in "{}$<>|*\\"):
        return True
    path = text.partition("#")[0].partition("?")[0]
    return (path.startswith("/") and "." not in path.rpartition("/")[2]) or (":" in path.partition("/")[0])
