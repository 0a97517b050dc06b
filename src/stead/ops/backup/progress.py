"""Receivers of the progress of a backup."""

from typing import Protocol


class ProgressListener(Protocol):
    """Receives progress: a bar on a terminal, lines elsewhere."""

    def begin(self, what: str, total: int = 0, /) -> None:
        """Start an item of about `total` bytes; 0 when the size is unknown."""
        ...

    def moved(self, size: int, /) -> None:
        """Add a number of processed bytes."""
        ...

    def message(self, line: str, /) -> None:
        """Print one line."""
        ...


class NoProgress:
    """Discards progress."""

    def begin(self, what: str, total: int = 0, /) -> None:
        """Nothing is shown."""

    def moved(self, size: int, /) -> None:
        """Nothing is shown."""

    def message(self, line: str, /) -> None:
        """Nothing is shown."""


def in_bytes(size: float) -> str:
    """Format a size in a readable unit."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
