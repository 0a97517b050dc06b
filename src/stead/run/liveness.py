"""Liveness: a process that cannot serve and does not exit is restarted.

Liveness is not health: an unavailable database makes a process unhealthy, and a restart would not help.
"""

from time import monotonic

import psutil

from stead.run.probe import Probe

STOPPED_LIMIT = 5.0  # seconds
LIMIT = 10.0  # seconds without progress, over at least so many looks: a machine without CPU time is not a dead process
LOOKS = 3


class Liveness:
    """The liveness of one process that was healthy before."""

    def __init__(self, alive: Probe, pid: int) -> None:
        self._alive, self._pid = alive, pid
        self._stopped_since: float | None = None
        self._dead_since: float | None = None
        self._looks = 0

    async def look(self, *, started: bool) -> str:
        """Return why it must be restarted, or nothing. What is not `started` yet is not asked for its life."""
        if why := self._stopped():
            return why
        if not started or self._stopped_since is not None:
            return ""
        wrong = await self._alive(self._pid)
        if not wrong:
            self._dead_since, self._looks = None, 0
            return ""
        self._dead_since = self._dead_since or monotonic()
        self._looks += 1
        passed = monotonic() - self._dead_since
        return f"{wrong} (for {passed:.0f} s)" if passed > LIMIT and self._looks >= LOOKS else ""

    def _stopped(self) -> str:
        """Return whether it is stopped: a stopped process accepts connections, and answers none."""
        try:
            stopped = psutil.Process(self._pid).status() == psutil.STATUS_STOPPED
        except psutil.Error:
            return ""
        self._stopped_since = (self._stopped_since or monotonic()) if stopped else None
        if self._stopped_since is None or monotonic() - self._stopped_since < STOPPED_LIMIT:
            return ""
        return f"was stopped (SIGSTOP) for {monotonic() - self._stopped_since:.0f} s"
