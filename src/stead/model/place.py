"""Where in the user's own file a thing was said.

Every noun remembers its place, so that a problem points at a line and not at a stack trace. The place is taken from the
nearest calling frame outside this package: `points.service(...)` is thus placed where the user called it. The rejected
option, reading the file's syntax tree, would not see what a loop or a function of the user's made.
"""

import sys
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType

PACKAGE = str(Path(__file__).resolve().parent.parent)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file: `line` and `column` count from 1; 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


def here() -> Place:
    """Return the place of the nearest calling frame that is not Stead's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    return _place(frame) if frame is not None else Place("<unknown>")


@lru_cache(maxsize=1024)
def _is_ours(filename: str) -> bool:
    return filename.startswith((PACKAGE, "<string>", "<frozen"))


def _place(frame: FrameType) -> Place:
    line, column = _position(frame.f_code, frame.f_lasti)
    return Place(frame.f_code.co_filename, line or frame.f_lineno, column + 1 if column is not None else 0)


def _position(code: CodeType, instruction: int) -> tuple[int | None, int | None]:
    line, _, column, _ = next(islice(code.co_positions(), instruction // 2, None))
    return line, column
