"""A line on the terminal for each step of a ship."""

import sys


def quiet(_title: str, _seconds: float, _wrong: str) -> None:
    """Say nothing of steps that are only shown."""


def print_step(title: str, seconds: float, wrong: str) -> None:
    """Write a line for a step that has ended."""
    mark = "✗" if wrong else "✓"
    sys.stdout.write(f"{mark} {title}  {seconds:.1f} s\n")
    sys.stdout.flush()
