"""Colours of a terminal, or none. Rejected: rich, which costs more to import than a warm check takes."""

import os
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Colors:
    """Paints text, or leaves it as it is."""

    on: bool

    def bold(self, text: str) -> str:
        return self._in("1", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def red(self, text: str) -> str:
        return self._in("1;31", text)

    def green(self, text: str) -> str:
        return self._in("32", text)

    def yellow(self, text: str) -> str:
        return self._in("1;33", text)

    def cyan(self, text: str) -> str:
        return self._in("36", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text


PLAIN = Colors(on=False)


def paint_for(stream: TextIO) -> Colors:
    """Return colours for a terminal that has them (no-color.org); FORCE_COLOR gives them to anything."""
    if os.environ.get("NO_COLOR"):
        return PLAIN
    return Colors(bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb"))
