"""Progress on stderr: a bar on a terminal, otherwise one line for each item when it starts."""

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
    """Print a line when an item starts."""

    def begin(self, what: str, _: int = 0, /) -> None:
        sys.stderr.write(printable(f"{what} …\n"))

    def moved(self, _: int, /) -> None:
        """Print nothing: a line for every block would be too much."""

    def message(self, line: str, /) -> None:
        sys.stderr.write(printable(f"{line}\n"))


class Bars:
    """A bar for each item that has started; bars of finished items stay."""

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
        """Show the last bar as complete: the size of a dump differs from the estimated size of its database."""
        if self._now is not None:
            moved = self._progress.tasks[-1].completed
            self._progress.update(self._now, total=moved or 1, completed=moved or 1)


@contextmanager
def moving() -> Iterator[ProgressListener]:
    """Show progress during the block; SIGTERM cleans up as Ctrl-C does."""
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
    """Turn SIGTERM into SystemExit, so that what has started is cleaned up."""

    def end(_: int, __: FrameType | None) -> None:
        raise SystemExit(ENDED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
