"""A deadline for another process, by the work that it does instead of by the clock.

On a machine with other work everything takes longer. A process that computes, or waits for the CPU, keeps its time;
only one that does nothing, or computes without end, is ended.
"""

from contextlib import suppress
from time import monotonic
from typing import Any

POLL_SECONDS = 0.5  # seconds between two samples
WORKING = frozenset({"running", "disk-sleep", "waking"})  # psutil's states: it computes, or waits for the CPU


class IdleDeadline:
    """`expiry_reason()` says why the process must be ended; empty while it may go on.

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

    def expiry_reason(self) -> str:
        used, works = _cpu_use(self._pid)
        if works or used > self._used:
            self._active = monotonic()
        self._used = max(used, self._used)
        if self._used - self._allowed_from > self._busy:
            return f"it was not finished after {self._busy:g} s of computing"
        if monotonic() - self._active > self._idle:
            return f"it was not finished, and did nothing for {self._idle:g} s"
        return ""


def _cpu_use(pid: int) -> tuple[float, bool]:
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
