"""Row: one line of the table that `make bench` prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A measured value; `ratio` is against the peer measured in the same run, `aim` what the ratio should reach.

    A row without a value says in its name what has to be installed to measure it.
    """

    name: str
    value: float | None = None
    unit: str = ""
    ratio: float | None = None
    aim: float | None = None
