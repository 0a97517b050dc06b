"""Errors of shipping.

Errors of this package:
    SteadError
    └── ShipError            a version that was not shipped; the text says why, and what runs now
        ├── NotReadyError    it was not tried: something has to be fixed first
        ├── LockedError      someone else ships to the same place now
        ├── NotBackError     nor does the version run that ran before
        └── CommandError     a program of ours failed, with its last words
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from stead.model import SteadError

LAST = 20  # lines of what a program said


class ShipError(SteadError):
    """A version that was not shipped; the text says why, and what runs now."""


class NotReadyError(ShipError):
    """It was not tried: something has to be fixed first."""


class LockedError(ShipError):
    """Someone else ships to the same place now."""


class NotBackError(ShipError):
    """A version that was not shipped, and the one that ran before does not run either."""


class CommandError(ShipError):
    """A program of ours failed, with its last words."""

    def __init__(self, title: str, status: int, output: str) -> None:
        self.title, self.status, self.output = title, status, output
        super().__init__("\n".join([f"{title} failed (exit status {status})", *indented(output)]))


@contextmanager
def noting(now: Callable[[], str]) -> Iterator[None]:
    """Add a note with the running version to an exception that interrupts the block; a ShipError has it already."""
    try:
        yield
    except SteadError:
        raise
    except BaseException as error:
        error.add_note(now())
        raise


def indented(text: str, last: int = LAST) -> Sequence[str]:
    """Return the last non-empty lines of a text, indented."""
    return [f"    {line.rstrip()}" for line in text.splitlines() if line.strip()][-last:]
