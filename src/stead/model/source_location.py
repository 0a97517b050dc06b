"""The place in the user's file where a noun was declared.

Every noun remembers its place, so that a problem points at a line and not at a stack trace. The place is taken from the
nearest calling frame outside this package: `points.service(...)` has the place of the user's call. Rejected: the file's
syntax tree, which does not show nouns that a loop or a function creates.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType

PACKAGE = str(Path(__file__).resolve().parent.parent)


@dataclass(frozen=True, slots=True, order=True)
class SourceLocation:
    """A position in a file: `line` and `column` count from 1; 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


def here() -> SourceLocation:
    """Return the place of the nearest calling frame that is not Stead's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_internal(frame.f_code.co_filename):
        frame = frame.f_back
    return _place(frame) if frame is not None else SourceLocation("<unknown>")


@lru_cache(maxsize=1024)
def _is_internal(filename: str) -> bool:
    return filename.startswith((PACKAGE, "<string>", "<frozen"))


def _place(frame: FrameType) -> SourceLocation:
    line, column = _position(frame.f_code, frame.f_lasti)
    return SourceLocation(frame.f_code.co_filename, line or frame.f_lineno, column + 1 if column is not None else 0)


def _position(code: CodeType, instruction: int) -> tuple[int | None, int | None]:
    line, _, column, _ = _positions(_CodeKey(code))[instruction // 2]
    return line, column


@dataclass(frozen=True, slots=True, eq=False)
class _CodeKey:
    """A code object that is compared by identity: a comparison by content takes longer than the stack walk."""

    code: CodeType

    def __hash__(self) -> int:
        return id(self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _CodeKey) and self.code is other.code


@lru_cache(maxsize=64)
def _positions(same: _CodeKey) -> Sequence[tuple[int | None, int | None, int | None, int | None]]:
    """Return the positions of all instructions: a description of a thousand services is one long code object."""
    return tuple(same.code.co_positions())
