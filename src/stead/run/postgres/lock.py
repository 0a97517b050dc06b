"""The holder of a data directory: a running server, the remains of a killed one, or none.

A process is identified by its name and its working directory, since its id may be reused. Rejected: its start time,
which the server also records; it changes with the system's clock.
"""

import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

POLL = 0.01  # seconds


@dataclass(frozen=True)
class Holder:
    """The content of `postmaster.pid`: pid, folder, start (unix time), port, socket folder, host, memory, status."""

    data: Path
    pid: int
    port: int
    status: str

    @classmethod
    def of(cls, data: Path) -> "Holder | None":
        try:
            lines = [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return None
        lines += [""] * (8 - len(lines))
        return cls(data, _number(lines[0]), _number(lines[3]), lines[7])

    @property
    def ready(self) -> bool:
        return self.status == "ready"

    def is_running(self) -> bool:
        """Return whether that very server runs."""
        try:
            return _serves(psutil.Process(self.pid), self.data, unknown=True)
        except psutil.NoSuchProcess:
            return False


def clear(data: Path, *, seconds: float = 5.0) -> list[int]:
    """Clean up after a killed server; return the ids of its processes that do not end.

    Those that outlived it hold the shared memory, and a new server refuses to start beside them; nor does it start when
    the number in the file that was left is another process's by now.
    """
    orphans = [process for process in psutil.process_iter() if _serves(process, data, unknown=False)]
    for process in orphans:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGQUIT)
    alive = _alive(orphans, data, seconds / 2)
    for process in alive:  # it is in a step that it does not leave
        with suppress(psutil.NoSuchProcess):
            process.kill()
    alive = _alive(alive, data, seconds / 2)
    if not alive:
        (data / "postmaster.pid").unlink(missing_ok=True)
    return [process.pid for process in alive]


def _alive(processes: list[psutil.Process], data: Path, seconds: float) -> list[psutil.Process]:
    """Wait for processes to end; a zombie counts as ended, since it holds nothing."""
    until = time.monotonic() + seconds
    while (left := [each for each in processes if _serves(each, data, unknown=False)]) and time.monotonic() < until:
        time.sleep(POLL)
    return left


def _serves(process: psutil.Process, data: Path, *, unknown: bool) -> bool:
    """Return whether a process belongs to the server of this folder; `unknown` without permission to inspect it."""
    try:
        if not process.name().startswith("postgres") or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()) == data.resolve()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return unknown


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
