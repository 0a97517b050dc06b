"""End what runs of a backend, whatever state it is in: it is found by its lock and its processes, not by a file alone.

The supervisor is asked by a signal, and not over its socket: a signal reaches one that is still starting, one whose
folder was deleted, and, once it is continued, one that is stopped.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from stead.run.error import RunError
from stead.run.forkserver import mark
from stead.run.state_directory import Folder

TIMEOUT = 20.0  # seconds; a run ends within 10
CLEANUP = 6.0  # seconds that the forkserver of a killed supervisor has
GRACE = 2.0  # seconds for what neither of them has ended
POLL = 0.05


def end(folder: Folder) -> bool:
    """End everything of a backend; tell whether anything ran. RunError when something does not end."""
    supervisors = list(_supervisors(folder))
    found = bool(supervisors or mark.bearers(folder.mark))
    for process in supervisors:
        _end(process)
    _wait_until_gone(folder, CLEANUP if found else 0.0)
    mark.end(folder.mark, GRACE)
    if left := mark.bearers(folder.mark):
        raise RunError(f"processes {', '.join(map(str, left))} do not end; see {folder.logs}")
    if found:
        for file in folder.marker_files():
            file.unlink(missing_ok=True)
    return found


def _end(process: psutil.Process) -> None:
    """Ask a supervisor to end, and kill it when it does not: its forkserver then ends what is left."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        if not _ended(process, TIMEOUT):
            process.kill()
            _ended(process, TIMEOUT)


def _ended(process: psutil.Process, seconds: float) -> bool:
    """Return whether it ends within so many seconds; its parent, who may not look for its end, is not waited for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(POLL)
    return False


def _wait_until_gone(folder: Folder, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and (folder.is_locked() or mark.bearers(folder.mark)):
        time.sleep(POLL)


def _supervisors(folder: Folder) -> Iterator[psutil.Process]:
    """Yield who holds the lock and who listens on the socket; else who was told to run this description."""
    known = {folder.holder(), folder.listener()} - {0}
    for pid in (known or set(_starting(folder.description))) - {os.getpid()}:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_ZOMBIE:
                yield process


def _starting(description: Path) -> Iterator[int]:
    """Yield the processes that are a `stead up` of a description, and have not come to their lock yet."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            words = process.cmdline()
            if _is_up(words) and _description_of(words[words.index("up") + 1 :], Path(process.cwd())) == description:
                yield process.pid


def _is_up(words: list[str]) -> bool:
    """Return whether a command line is `python -m stead up …` or `python …/bin/stead up …`."""
    if "up" not in words[:4]:
        return False
    before = words[: words.index("up")]
    return before[-2:] == ["-m", "stead"] or bool(before and Path(before[-1]).name == "stead")


def _description_of(words: list[str], at: Path) -> Path:
    """Return the description that the words of a command mean; the folder that it is in when they name none."""
    for word in words:
        given = at / word
        if not word.startswith("-") and (given.name == "backend.py" or (given / "backend.py").is_file()):
            return (given if given.name == "backend.py" else given / "backend.py").resolve()
    return (at / "backend.py").resolve()
