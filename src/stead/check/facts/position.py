"""Position: from an offset in a text to its line and column, without counting lines again and again."""

import re
from bisect import bisect_left
from functools import cached_property

from stead.check.facts import At

LINE = re.compile("\n")


class Positions:
    """The positions of one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def at(self, position: int, text: str, more: str = "") -> At:
        """Return a fact that is at a position."""
        line = bisect_left(self._ends, position)
        start = self._ends[line - 1] + 1 if line else 0
        return At(text, line + 1, position - start + 1, more)

    @cached_property
    def _ends(self) -> list[int]:
        """Made when the first fact is found: most texts have none."""
        return [found.start() for found in LINE.finditer(self._text)]
