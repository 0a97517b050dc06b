"""The time within which a process must become healthy, and its state meanwhile.

A slow start on a loaded machine is not a failure. The start period restarts as long as a process computes or writes, up
to a limit.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from typing import Any

from stead.run.port import HOST
from stead.run.status import State

SILENT = 2.5  # seconds without a message: most processes are healthy by then
PAUSE = 1.0  # seconds between two looks at the process
BUSY = 0.05  # share of a core from which on a process counts as one that computes
GROWTH = 10  # start periods that a process which computes or writes output gets
ELSEWHERE = 20.0  # seconds for a process that listens on another address and does nothing more
MARKS = (300, 120, 60, 30, 10)  # seconds between messages: a line for each quarter of a second would be too many


class Startup:
    """One start of a process, from its process id to its health.

    period   seconds without health in which it is called starting; begins again while the process makes progress
    port     where it must listen; 0 for one that does not
    written  returns how many bytes it has written
    """

    def __init__(self, pid: int, period: float, port: int, written: Callable[[], int]) -> None:
        self._pid, self._period, self._port, self._written = pid, period, port, written
        self._began = self._active = self._looked = monotonic()
        self._cpu, self._output, self._elsewhere = 0.0, written(), ""

    def state(self, wrong: str) -> tuple[State, str]:
        """Return the state of one that is not healthy yet, and why."""
        now = monotonic()
        if now - self._began < min(SILENT, self._period):
            return "starting", ""
        if now - self._looked >= PAUSE:
            self._look(now)
        why = self._elsewhere or wrong
        if self._is_over(now):
            return "unhealthy", why
        return "starting", f"{why}{self._slow(now)}"

    def _look(self, now: float) -> None:
        cpu, output = _cpu_seconds(self._pid), self._written()
        if cpu - self._cpu >= BUSY * (now - self._looked) or output != self._output:
            self._active = now
        self._cpu, self._output, self._looked = cpu, output, now
        self._elsewhere = elsewhere(self._pid, self._port) if self._port else ""

    def _is_over(self, now: float) -> bool:
        quiet = min(ELSEWHERE, self._period) if self._elsewhere else self._period
        return now - self._active > quiet or now - self._began > GROWTH * self._period

    def _slow(self, now: float) -> str:
        passed = next((mark for mark in MARKS if now - self._began >= mark), 0)
        return f"; slow: starting for more than {passed} s" if passed else ""


def elsewhere(pid: int, port: int) -> str:
    """Return the addresses on which a process and its children listen, if the expected one is missing."""
    found = sorted({_shown(address) for address in _listening(pid)})
    if not found or f"{HOST}:{port}" in found or f"0.0.0.0:{port}" in found or f"[::]:{port}" in found:
        return ""
    return f"listens on {', '.join(found)}, not on {HOST}:{port}: read PORT, and listen on {HOST}"


def exposed(pid: int, port: int) -> str:
    """Return a warning when a program listens on an external address, where requests bypass its proxy."""
    everywhere = {f"0.0.0.0:{port}", f"[::]:{port}"}
    found = sorted(everywhere & {_shown(address) for address in _listening(pid)})
    return f"listens on {found[0]}, so requests from the network bypass its proxy: use {HOST}" if found else ""


def _listening(pid: int) -> Iterator[Any]:
    import psutil

    for process in _family(pid):
        with suppress(psutil.Error):
            yield from (each.laddr for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN)


def _cpu_seconds(pid: int) -> float:
    import psutil

    total = 0.0
    for process in _family(pid):
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _family(pid: int) -> list[Any]:
    import psutil

    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def _shown(address: Any) -> str:
    return f"[{address.ip}]:{address.port}" if ":" in address.ip else f"{address.ip}:{address.port}"
