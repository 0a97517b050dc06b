"""File reference: a path that a file names, and whether it is there.

Asked of the tree as git has it, not of the disk: what lies on the author's disk only (because git ignores it, or
because a disk on a Mac takes `readme.md` for `README.md`) is missing for everybody else. The disk is asked for what
lies outside the tree. Rejected: asking the disk for all, as most link checkers do.
"""

import os
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from stead.check.facts import At
from stead.check.facts.shell import HERE, ROOT
from stead.check.tree import PASSED_OVER, Tree

State = Literal["there", "missing", "case", "ignored", "built"]
# What a build leaves behind; where there is git, it is asked what it ignores.
BUILT = frozenset({"dist", "build", "target", "out", "bin", "obj", "coverage", ".next", ".nuxt", ".venv", "vendor"})
HUSKY = ".husky/_"  # an install makes it, with an ignore file inside itself


@dataclass(frozen=True, slots=True)
class Target:
    """What was found for a path.

    state  `there`; `case`: but for the case of its letters; `ignored`: on this disk only; `built`: git would ignore it;
           `missing`
    path   the path below the top of the tree, or absolute where it lies outside
    near   what may have been meant, as the file would have to write it; empty when nothing is near
    """

    state: State
    path: str
    near: str = ""


THERE = Target("there", "")


class Targets:
    """The names below a root, each looked up in one step."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._root = str(tree.root)
        self._asked: dict[str, Target] = {}
        self._told: dict[str, bool] = {}  # whether git ignores what is not in the tree

    def find(self, path: str, bases: Iterable[str]) -> Target:
        """Look a path up from several folders, relative to the root; the first that has it counts.

        Where none has it, what is said is said of the first folder.
        """
        found = [self._look(posixpath.normpath(posixpath.join(base, path))) for base in bases]
        there = next((each for each in found if each.state == "there"), None)
        if there or not found:
            return there or THERE
        return next((each for each in found if each.state != "missing"), found[0])

    def _look(self, path: str) -> Target:
        known = self._asked.get(path)
        if known is None:
            known = self._asked[path] = self._looked(path)
        return known

    def _looked(self, path: str) -> Target:
        if path in (".", "") or path in self._names:
            return Target("there", path)
        if path.startswith(("../", "/")) or path == "..":
            return self._outside(path)
        same = self._lowered.get(path.lower())
        if same:
            return Target("case", path, same)
        if path == HUSKY or path.startswith(f"{HUSKY}/"):
            return Target("built", path)
        if self._below_a_link(path) or PASSED_OVER & set(path.split("/")):
            return Target("there", path)
        if not self._tree.tracked:
            built = bool(BUILT & set(path.split("/")))
            return Target("built" if built else "missing", path)
        ignored = self._ignored(path)
        if os.path.lexists(os.path.join(self._root, path)):  # noqa: PTH118 - asked thousands of times
            return Target("ignored" if ignored else "there", path)
        return Target("built" if ignored else "missing", path)

    def _outside(self, path: str) -> Target:
        """Look at the disk; beyond the repository there is nothing to be told."""
        whole = os.path.normpath(os.path.join(self._root, path))  # noqa: PTH118
        top = str(self._tree.top)
        if whole != top and not whole.startswith(f"{top}/"):
            return Target("there", path)
        return Target("there" if os.path.lexists(whole) else "missing", path)

    def _below_a_link(self, path: str) -> bool:
        parts = path.split("/")
        return any("/".join(parts[:count]) in self._links for count in range(1, len(parts)))

    def prepare(self, paths: Iterable[str]) -> None:
        """Ask git at once about all that is not in the tree: it takes as long for a thousand as for one."""
        asked = {path for path in paths if path not in self._names and not path.startswith(("../", "/"))}
        asked = {path for path in asked if path not in (".", "..") and not self._below_a_link(path)}
        ignored = self._tree.ignored([form for path in sorted(asked) for form in (path, f"{path}/")])
        self._told.update({path: path in ignored or f"{path}/" in ignored for path in asked})

    def _ignored(self, path: str) -> bool:
        if path not in self._told:
            self.prepare([path])
        return self._told[path]

    def near(self, path: str) -> str:
        """Return the existing path that a missing one may have meant; empty when none is near.

        The folder may have a new name (`infra/x` for `backend-infra/x`), or the whole may have moved.
        """
        renamed = self.renamed(path)
        if renamed:
            return renamed
        parts = [part for part in path.split("/") if part not in ("..", ".")]
        for count in range(min(len(parts), LONGEST_END), 1, -1):
            found = self._ends.get("/".join(parts[-count:]))
            if found:
                return found[0]
        alone = self._ends.get(parts[-1], ()) if parts and parts[-1].lower() not in COMMON else ()
        return alone[0] if len(alone) == 1 else ""

    def exists_anywhere(self, path: str) -> bool:
        """Return whether any folder has such a path."""
        return path in self._names or "/".join(path.split("/")[-LONGEST_END:]) in self._ends

    def renamed(self, path: str) -> str:
        """Return a path with the first folder that is missing under its new name, as far as that one exists."""
        return next(self.renames(path), "")

    def renames(self, path: str) -> Iterator[str]:
        """Yield all that a path may be called now: more than one where several folders have a like name."""
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            head = "/".join(parts[:count])
            if head in self._names or parts[count - 1] in ("..", "."):
                continue
            rest = parts[count:]
            for folder in dict.fromkeys(self._similar_folders(parts[count - 1], "/".join(parts[: count - 1]))):
                if any("/".join((folder, *rest[:length])) in self._names for length in range(len(rest), 0, -1)):
                    yield "/".join((folder, *rest))
            return

    def _similar_folders(self, name: str, parent: str) -> Iterator[str]:
        """Yield the folders beside a missing one whose name has the same last or first word."""
        yield from self._affixed.get((parent, name), ())
        for affix in _affixes(name):
            whole = f"{parent}/{affix}" if parent else affix
            if whole in self._folders:
                yield whole

    @cached_property
    def _names(self) -> frozenset[str]:
        """Every file and folder, below the root."""
        start = len(self._root) + 1
        names: set[str] = set()
        for path in self._tree.files:
            name = str(path)[start:]
            while name and name not in names:
                names.add(name)
                name = name.rpartition("/")[0]
        return frozenset(names)

    @cached_property
    def _lowered(self) -> dict[str, str]:
        return {name.lower(): name for name in self._names}

    @cached_property
    def _links(self) -> frozenset[str]:
        """Files that stand for a folder: links, and repositories within this one."""
        start = len(self._root) + 1
        return frozenset(str(path)[start:] for path in self._tree.files if not path.suffix and path.is_dir())

    @cached_property
    def _ends(self) -> dict[str, list[str]]:
        """The names by their last parts, of one to so many, the shortest name first."""
        found: dict[str, list[str]] = {}
        for name in sorted(self._names, key=lambda name: (len(name), name)):
            parts = name.split("/")
            for count in range(1, min(len(parts), LONGEST_END) + 1):
                found.setdefault("/".join(parts[-count:]), []).append(name)
        return found

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset({name.rpartition("/")[0] for name in self._names} - {""})

    @cached_property
    def _affixed(self) -> dict[tuple[str, str], list[str]]:
        """The folders by the folder that they are in and by each beginning and end that their names have."""
        found: dict[tuple[str, str], list[str]] = {}
        for folder in sorted(self._folders):
            parent, _, own = folder.rpartition("/")
            for affix in _affixes(own):
                found.setdefault((parent, affix), []).append(folder)
        return found


RUN_FROM = ("package.json", "Makefile", "pyproject.toml", "composer.json", "Taskfile.yml", "justfile")
LONGEST_END = 4  # parts
COMMON = frozenset(
    {"readme.md", "index.md", "dockerfile", "makefile", "docker-compose.yml", "compose.yaml", "src", "docs"}
)


def _affixes(name: str) -> Iterator[str]:
    """Yield the beginnings and ends of a name, cut where a word ends: of `backend-infra`, `backend` and `infra`."""
    for index, letter in enumerate(name):
        if letter in "-_" and 0 < index < len(name) - 1:
            yield name[:index]
            yield name[index + 1 :]


def bases(tree: Tree, path: Path, at: At) -> tuple[str, tuple[str, ...]]:
    """Return a fact's path without its mark, and the folders that it may be meant from, relative to the tree's root."""
    here = below(tree, path.parent)
    top = os.path.relpath(tree.top, tree.root) if tree.top != tree.root else "."
    for mark, base in ((HERE, (here,)), (ROOT, tuple(dict.fromkeys((top, "."))))):
        if at.text == mark or at.text.startswith(f"{mark}/"):
            return at.text[len(mark) + 1 :] or ".", base
    if at.more.startswith("compose"):
        return at.text, (here,)
    if at.more.startswith("script"):
        return at.text, tuple(dict.fromkeys((here, *_packages(tree, path.parent), ".", top)))
    return at.text, tuple(dict.fromkeys((here, ".", top)))


def _packages(tree: Tree, folder: Path) -> Iterator[str]:
    """Yield the folders above whose package manager or make runs a script: they run it where they stand."""
    for above in (folder, *folder.parents):
        if not above.is_relative_to(tree.root):
            return
        if any(above / name in tree.known for name in RUN_FROM):
            yield below(tree, above)


def below(tree: Tree, path: Path) -> str:
    """Return a path of the tree relative to its root."""
    return str(path)[len(str(tree.root)) + 1 :] or "."
