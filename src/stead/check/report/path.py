"""Paths as a report shows them: short, and the same on every machine."""

import os
import re
from pathlib import Path

from stead.model import SourceLocation
from stead.model.printable import visible


def shown(file: str, base: Path) -> str:
    """Return a path as someone in `base` would write it; one that is elsewhere stays whole."""
    if not file.startswith("/"):
        return plain(file)
    inner = os.path.relpath(file, base)
    return plain(file if inner.startswith("..") else inner)


def where(place: SourceLocation, base: Path) -> str:
    """Return `path:line:column`, without what is unknown."""
    return str(SourceLocation(shown(place.file, base), place.line, place.column))


def shortened(text: str, base: Path) -> str:
    """Return a text in which paths below `base` are relative, and `base` itself is a point."""
    if str(base) not in text:
        return text
    return re.sub(rf"{re.escape(str(base))}(?=[\s'\"]|$)", ".", text.replace(f"{base}{os.sep}", ""))


def repository(folder: Path) -> Path:
    """Return the top of the repository that a folder is in; the folder itself where there is none."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)


def plain(text: str) -> str:
    """Return a text that moves no cursor and changes no colour: a name in a hostile file may have been meant to."""
    return visible(text)
