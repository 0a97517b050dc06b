"""What `stead render` made, against what it would make now.

A target is in use when something in its folder has the mark of a rendered file. What has none is the user's own, and
nobody's business here.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from stead.check.context import Context
from stead.check.drift.difference import Drifted, State
from stead.check.fix import Command
from stead.model import Backend, Problem, SourceLocation
from stead.model.interpreter import module_command
from stead.render.drift import FOLDER, WORDS, differences
from stead.render.drift import State as Rendered
from stead.render.header import mark_of
from stead.render.repository import PLACES, RepositoryRoot, repository_root

FIRST = 300  # bytes at the start of a file in which the mark is looked for

STATES: Mapping[Rendered, State] = {
    "missing": "missing",
    "stale": "stale",
    "edited": "edited",
    "orphaned": "orphaned",
    "edited orphan": "edited",
    "another's": "edited",
}


def drifted(context: Context) -> Iterator[Drifted]:
    """Yield each rendered file that is not as it would be rendered, and what cannot be rendered any more."""
    assert context.backend is not None
    root = repository_root(context.backend)
    folders = _folders(context) | _forges(context, root)
    if not folders:
        return
    files, impossible = _files(context.backend, folders)
    yield from impossible
    command = Command(tuple(module_command("stead", "render", str(context.root))), context.root)
    for difference in differences(context.root, files, complete=not impossible, root=root):
        if difference.state in STATES:
            state = STATES[difference.state]
            path = Path(os.path.normpath(context.root / difference.path))
            message = f"{path.name} {WORDS[difference.state]}"
            place = SourceLocation(str(path), 0 if state == "missing" else 1)
            mend = _fix(state, f"stead render {context.root}")
            by_itself = None if state == "edited" else command
            yield Drifted(state, message, place, mend, context.backend.where, by_itself)


def _folders(context: Context) -> frozenset[str]:
    """Return the folders of targets that hold something rendered."""
    top = context.root / FOLDER
    marked = (path for path in context.tree.below(top) if any(at.text == "rendered" for at in context.facts(path).made))
    return frozenset(path.relative_to(top).parts[0] for path in marked)


def _forges(context: Context, root: RepositoryRoot) -> frozenset[str]:
    """Return the targets whose files lie at the repository's top, with the mark of this backend."""
    found = set()
    for place in PLACES:
        top = context.root / root.file(place)
        for file in top.rglob("*.yml") if top.is_dir() else ():
            mark = mark_of(file.read_bytes()[:FIRST].decode(errors="replace"))
            found |= {place.removeprefix(".")} if mark and mark.source == root.source else set()
    return frozenset(found)


def _files(backend: Backend, folders: frozenset[str]) -> tuple[dict[str, str], list[Drifted]]:
    """Return every file of the targets in use, and what a target cannot do."""
    from stead.render.problem import RenderError
    from stead.render.targets import TARGETS, generated

    files: dict[str, str] = {}
    impossible: dict[Problem, None] = {}
    for target in sorted(folders.intersection(TARGETS)):
        try:
            files |= generated(backend, [target])
        except RenderError as error:
            impossible |= dict.fromkeys(error.problems)
    reported = [
        Drifted("impossible", f"{each.message} ({each.code})", each.place, each.mend, each.also) for each in impossible
    ]
    return files, reported


def _fix(state: State, command: str) -> str:
    if state == "edited":
        return f"make it an edit in the description, then {command} --overwrite; or delete the first line to own it"
    return command
