"""A line on the terminal for each step of a ship."""

import sys

from stead.model.printable import printable


def quiet(_title: str, _seconds: float, _wrong: str) -> None:
    """Print nothing for the steps of a dry run."""


def print_step(title: str, seconds: float, wrong: str) -> None:
    """Print a line for a step that has ended."""
    mark = "✗" if wrong else "✓"
    sys.stdout.write(f"{mark} {title}  {seconds:.1f} s\n")
    sys.stdout.flush()


def print_interruption(error: BaseException, what: str = "ship") -> None:
    """Print that a ship was interrupted, and which version runs now: the exception's notes hold it."""
    now = "".join(f"{note}\n" for note in getattr(error, "__notes__", ()))
    sys.stderr.write(printable(f"the {what} was interrupted\n{now}"))
