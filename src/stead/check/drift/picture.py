"""Pictures of the call graph that documents hold, against the description.

<!-- graph: backends/rewards -->
```mermaid
…
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from stead.check.drift.drifted import Drifted
from stead.check.facts import At
from stead.check.fix import Command
from stead.check.seen import Seen, place
from stead.model import Backend, Place
from stead.render.picture import Picture, PictureError, pictures

DESCRIPTION = "backend.py"


def drifted(seen: Seen) -> Iterator[Drifted]:
    """Yield each marked picture that is not this backend's as it is drawn now, or of no backend at all."""
    assert seen.backend is not None
    for file, at in seen.each("made"):
        if at.text == "graph":
            folders = _folders(file, at.more)
            if not any((folder / DESCRIPTION).is_file() for folder in folders):
                message = f"this is a picture of {at.more}, where there is no {DESCRIPTION}"
                yield Drifted("orphaned", message, place(file, at), "mend the folder, or remove the picture")
            elif seen.root in folders:
                yield from _of_this(seen, seen.backend, file, at)


def _folders(file: Path, said: str) -> list[Path]:
    """Return what a mark may mean: a folder from the document, or from any above it."""
    return [(start / said).resolve() for start in file.parents]


def _of_this(seen: Seen, backend: Backend, file: Path, at: At) -> Iterator[Drifted]:
    command = Command((sys.executable, "-m", "stead", "graph", str(seen.root), "--write", str(file)), seen.root)
    mend = f"stead graph {seen.root} --write {file}"
    try:
        found = pictures(file, seen.tree.text(file) or "", backend, seen.root)
    except PictureError:
        found = []
    drawn = next((each for each in found if at.line < each.line <= at.line + 3), None)
    if drawn is None:
        message = "no Mermaid block stands below this mark of a picture"
        yield Drifted("missing", message, place(file, at), "write ```mermaid and ``` below it, then " + mend)
    elif drawn.now != drawn.wanted:
        message = "this picture of the call graph is not what the description says"
        yield Drifted("stale", message, _first(file, drawn), mend, backend.where, command)


def _first(file: Path, drawn: Picture) -> Place:
    """Return the first line that differs."""
    lines = list(zip(drawn.now.splitlines(), drawn.wanted.splitlines(), strict=False))
    same = next((number for number, (now, wanted) in enumerate(lines) if now != wanted), len(lines))
    return Place(str(file), drawn.line + same, 1)
