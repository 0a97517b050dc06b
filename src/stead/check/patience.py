"""How long another process may go on: by what it does, and not by the clock.

On a machine with other work everything takes longer. A process that computes, or waits for its turn, is given its share
of the processor; only one that does nothing, or computes without end, is given up.
"""

from contextlib import suppress
from time import monotonic
from typing import Any

LOOK = 0.5  # seconds between two looks
WORKING = frozenset({"running", "disk-sleep", "waking"})  # psutil's words for what has, or waits for, its turn


class IdleDeadline:
    """`over()` says why a process is to be ended; nothing while it may go on.

    idle  seconds without output in which it neither computes nor waits for its turn
    busy  seconds of the processor that it and its children may use
    """

    def __init__(self, pid: int, *, idle: float, busy: float) -> None:
        self._pid, self._idle, self._busy = pid, idle, busy
        self._used = self._allowed_from = 0.0
        self._active = monotonic()

    def renew(self) -> None:
        """Begin again: it has done a part of its work."""
        self._active, self._allowed_from = monotonic(), self._used

    def over(self) -> str:
        used, works = _look(self._pid)
        if works or used > self._used:
            self._active = monotonic()
        self._used = max(used, self._used)
        if self._used - self._allowed_from > self._busy:
            return f"it was not finished after {self._busy:g} s of computing"
        if monotonic() - self._active > self._idle:
            return f"it was not finished, and did nothing for {self._idle:g} s"
        return ""


def _look(pid: int) -> tuple[float, bool]:
    """Return the seconds of the processor that a process and its children have used, and whether one of them works."""
    import psutil

    used, works = 0.0, False
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        family: list[Any] = [parent, *parent.children(recursive=True)]
        for process in family:
            with suppress(psutil.Error):
                times = process.cpu_times()
                used += times.user + times.system
                works = works or process.status() in WORKING
    return used, works
