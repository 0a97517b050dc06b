"""Findings of one cause are one finding: what a rule finds many times is told once, at the first place.

What a comment silences is told by itself, so that a reason for one place is never taken for a reason for the others.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from stead.check.context import Context
from stead.model import SourceLocation

T = TypeVar("T")


def groups(context: Context, code: str, items: Iterable[T], where: Callable[[T], SourceLocation]) -> list[list[T]]:
    """Return items of one cause in groups: each that is silenced alone, the others together."""
    alone: list[list[T]] = []
    together: list[T] = []
    for item in items:
        if _is_silenced(context, code, where(item)):
            alone.append([item])
        else:
            together.append(item)
    return [*alone, *([together] if together else [])]


def more(items: list[T], where: str = "") -> str:
    """Return what is said of the items behind the first one; nothing where there is none."""
    return f", here and in {len(items) - 1} more{where}" if len(items) > 1 else ""


def _is_silenced(context: Context, code: str, place: SourceLocation) -> bool:
    silences = context.facts(Path(place.file)).silences
    return any(at.text == code and at.more and place.line - at.line in (0, 1) for at in silences)
