"""Who holds a data directory: a server that runs, the remains of one that was killed, or nobody."""

import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

STARTED_WITHIN = 5.0  # seconds between a process's start and the time that it writes down


@dataclass(frozen=True)
class Holder:
    """What `postmaster.pid` says: pid, folder, start (unix time), port, socket folder, host, memory, status."""

    pid: int
    started: float
    port: int
    status: str

    @classmethod
    def of(cls, data: Path) -> "Holder | None":
        try:
            lines = [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return None
        lines += [""] * (8 - len(lines))
        return cls(_number(lines[0]), _number(lines[2]), _number(lines[3]), lines[7])

    @property
    def ready(self) -> bool:
        return self.status == "ready"

    def lives(self) -> bool:
        """Tell whether that very server runs; another process may have its number by now."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) < STARTED_WITHIN
        except (psutil.NoSuchProcess, ValueError):
            return False


def end_orphans(data: Path, *, seconds: float = 5.0) -> list[int]:
    """End the server processes that outlived their killed parent; return the ids of those that are still there.

    They hold the shared memory, and a new server refuses to start beside them.
    """
    orphans = [process for process in psutil.process_iter(["name", "ppid"]) if _is_orphan(process, data)]
    for process in orphans:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGQUIT)
    _, alive = psutil.wait_procs(orphans, timeout=seconds)
    return [process.pid for process in alive]


def _is_orphan(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name().startswith("postgres") and Path(process.cwd()) == data
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
