"""Stop all processes of a backend in any state: they are found by its lock and by process marks, not only by a file.

The supervisor gets a signal, not a request over its socket: a signal also reaches one that is starting, one whose
folder was deleted, and a stopped one after SIGCONT.
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
GRACE = 2.0  # seconds for processes that neither of them has ended
POLL = 0.05


def end(folder: Folder) -> bool:
    """Stop everything of a backend; return whether anything ran. RunError when a process does not end."""
    supervisors = list(_supervisors(folder))
    found = bool(supervisors or mark.bearers(folder.mark))
    for process in supervisors:
        _end(process)
    _wait_until_gone(folder, CLEANUP if found else 0.0)
    mark.end(folder.mark, GRACE)
    if left := mark.bearers(folder.mark):
        raise RunError(f"processes {', '.join(map(str, left))} do not end; read the logs: {folder.logs}")
    if found:
        for file in folder.marker_files():
            file.unlink(missing_ok=True)
    return found


def _end(process: psutil.Process) -> None:
    """Stop a supervisor, and kill it when it does not end: its forkserver then stops the rest."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        if not _ended(process, TIMEOUT):
            process.kill()
            _ended(process, TIMEOUT)


def _ended(process: psutil.Process, seconds: float) -> bool:
    """Return whether it ends within some seconds; a zombie, whose parent has not waited for it, counts as ended."""
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
    """Yield the holder of the lock and the listener on the socket; otherwise processes with this description as
    argument.
    """
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
    """Return the description that a command line names; by default that of its working directory."""
    for word in words:
        given = at / word
        if not word.startswith("-") and (given.name == "backend.py" or (given / "backend.py").is_file()):
            return (given if given.name == "backend.py" else given / "backend.py").resolve()
    return (at / "backend.py").resolve()
