"""Pictures of the call graph that documents hold, against the description.

<!-- graph: backends/rewards -->
```mermaid
…
"""

from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.drift.difference import Drifted
from stead.check.facts import At
from stead.check.fix import Command
from stead.model import Backend, SourceLocation
from stead.model.interpreter import module_command
from stead.render.diagram import Picture, PictureError, pictures

DESCRIPTION = "backend.py"


def drifted(context: Context) -> Iterator[Drifted]:
    """Yield each marked picture that is not this backend's as it is drawn now, or of no backend at all."""
    assert context.backend is not None
    for file, at in context.each("made"):
        if at.text == "graph":
            folders = _folders(file, at.more)
            if not any((folder / DESCRIPTION).is_file() for folder in folders):
                message = f"this is a picture of {at.more}, where there is no {DESCRIPTION}"
                yield Drifted("orphaned", message, place(file, at), "fix the folder, or remove the picture")
            elif context.root in folders:
                yield from _of_this(context, context.backend, file, at)


def _folders(file: Path, folder_name: str) -> list[Path]:
    """Return what a mark may mean: a folder from the document, or from any above it."""
    return [(start / folder_name).resolve() for start in file.parents]


def _of_this(context: Context, backend: Backend, file: Path, at: At) -> Iterator[Drifted]:
    command = Command(tuple(module_command("stead", "graph", str(context.root), "--write", str(file))), context.root)
    mend = f"stead graph {context.root} --write {file}"
    try:
        found = pictures(file, context.tree.text(file) or "", backend, context.root)
    except PictureError:
        found = []
    drawn = next((each for each in found if at.line < each.line <= at.line + 3), None)
    if drawn is None:
        message = "no Mermaid block follows this picture mark"
        yield Drifted("missing", message, place(file, at), "write ```mermaid and ``` below it, then " + mend)
    elif drawn.now != drawn.wanted:
        message = "this picture of the call graph differs from the description"
        yield Drifted("stale", message, _first(file, drawn), mend, backend.where, command)


def _first(file: Path, drawn: Picture) -> SourceLocation:
    """Return the first line that differs."""
    lines = list(zip(drawn.now.splitlines(), drawn.wanted.splitlines(), strict=False))
    same = next((number for number, (now, wanted) in enumerate(lines) if now != wanted), len(lines))
    return SourceLocation(str(file), drawn.line + same, 1)
