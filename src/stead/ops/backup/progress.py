"""Who is told how far a backup is."""

from typing import Protocol


class ProgressListener(Protocol):
    """Takes what happens: on a terminal it moves, elsewhere it is a line."""

    def begin(self, what: str, total: int = 0, /) -> None:
        """Something begins that moves about `total` bytes; 0 when nobody knows."""
        ...

    def moved(self, size: int, /) -> None:
        """So many bytes more."""
        ...

    def message(self, line: str, /) -> None:
        """One line for the person."""
        ...


class NoProgress:
    """Tells nobody."""

    def begin(self, what: str, total: int = 0, /) -> None:
        """Nothing is shown."""

    def moved(self, size: int, /) -> None:
        """Nothing is shown."""

    def message(self, line: str, /) -> None:
        """Nothing is shown."""


def in_bytes(size: float) -> str:
    """Write a size as a person reads it."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
