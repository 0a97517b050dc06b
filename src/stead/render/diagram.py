"""A committed picture of the call graph: a file of its own, or a Mermaid block inside a Markdown file.

The comment `<!-- graph: FOLDER -->` before a block names its backend, by a path from the document or from the top of
the repository. A document with one Mermaid block needs no comment.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stead.model import Backend, SteadError
from stead.render.graph import FORMATS as TEXTS
from stead.render.graph import mermaid
from stead.render.svg import svg

FORMATS = {**TEXTS, "svg": svg}
ENDINGS = {".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg", ".txt": "table"}
DOCUMENTS = frozenset({".md", ".markdown"})
BLOCK = re.compile(r"(?:<!-- graph(?:: (?P<folder>[^\n]*?))? -->\s*)?^```mermaid\n(?P<picture>.*?)^```", re.M | re.S)


class PictureError(SteadError):
    """A file in which no picture of this backend can be found."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is committed, and as it must be; `line` is its first in the file."""

    line: int
    now: str
    wanted: str


def pictures(file: Path, text: str, backend: Backend, folder: Path) -> list[Picture]:
    """Return the pictures in a file of the backend in `folder`; PictureError without any."""
    if file.suffix in DOCUMENTS:
        wanted = mermaid(backend)
        found = [Picture(text.count("\n", 0, at) + 1, text[at:end], wanted) for at, end in _blocks(file, text, folder)]
    elif file.suffix in ENDINGS:
        found = [Picture(1, text, FORMATS[ENDINGS[file.suffix]](backend))]
    else:
        raise PictureError(f"{file}: a picture is in a file that ends in {', '.join([*ENDINGS, *sorted(DOCUMENTS)])}")
    if not found:
        path = os.path.relpath(folder, file.resolve().parent)
        raise PictureError(f"{file} has no picture of {folder}\n  write before its block: <!-- graph: {path} -->")
    return found


def redrawn(file: Path, text: str, backend: Backend, folder: Path) -> str:
    """Return the file's text with its pictures as they must be."""
    found = pictures(file, text, backend, folder)
    if file.suffix not in DOCUMENTS:
        return found[0].wanted
    for at, end in reversed(list(_blocks(file, text, folder))):
        text = text[:at] + found[0].wanted + text[end:]
    return text


def _blocks(file: Path, text: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Yield where the pictures of that folder's backend begin and end."""
    found = list(BLOCK.finditer(text))
    marked = [each for each in found if each["folder"] and _is(file, each["folder"].strip(), folder)]
    alone = found if len(found) == 1 and not found[0]["folder"] else []
    for each in marked or alone:
        yield each.span("picture")


def _is(file: Path, path: str, folder: Path) -> bool:
    """Return whether a folder that a document names is that one."""
    beside = file.resolve().parent
    return any((start / path).resolve() == folder.resolve() for start in (beside, *beside.parents))
