"""What moves, shown: a bar on a terminal, one line for each thing that is begun elsewhere; on stderr, as all that is no
result.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from stead.model.printable import printable
from stead.ops.backup.progress import ProgressListener

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

ENDED = 143  # as a shell says it: 128 + SIGTERM


class LineProgress:
    """A line for each thing that is begun."""

    def begin(self, what: str, _: int = 0, /) -> None:
        sys.stderr.write(printable(f"{what} …\n"))

    def moved(self, _: int, /) -> None:
        """A line for every block would be too much."""

    def message(self, line: str, /) -> None:
        sys.stderr.write(printable(f"{line}\n"))


class Bars:
    """A bar for each thing that is begun; what is done stays."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._now: TaskID | None = None

    def begin(self, what: str, total: int = 0, /) -> None:
        self.end()
        self._now = self._progress.add_task(printable(what), total=total or None)

    def moved(self, size: int, /) -> None:
        if self._now is not None:
            self._progress.advance(self._now, size)

    def message(self, line: str, /) -> None:
        self._progress.console.print(printable(line), highlight=False, markup=False)

    def end(self) -> None:
        """Show the last one as done: what a database is said to have is not what its dump has."""
        if self._now is not None:
            moved = self._progress.tasks[-1].completed
            self._progress.update(self._now, total=moved or 1, completed=moved or 1)


@contextmanager
def moving() -> Iterator[ProgressListener]:
    """Show what moves for as long as the block lasts, and end in order when told to end."""
    with _in_order():
        if not sys.stderr.isatty():
            yield LineProgress()
            return
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TransferSpeedColumn,
        )

        columns = (TextColumn("{task.description}"), BarColumn(24), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
            bars = Bars(progress)
            yield bars
            bars.end()


@contextmanager
def _in_order() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: what was begun is cleaned up."""

    def end(_: int, __: FrameType | None) -> None:
        raise SystemExit(ENDED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
