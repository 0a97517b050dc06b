"""The mark that every process of a backend bears in its environment: whose it is, whatever became of its parents.

A process that daemonises leaves its parent, its group and its session, but not its environment. A cgroup would be
stronger, and needs rights that a person on a laptop does not have. On Linux the system shows the memory in which a
program found its environment, and `write` changes it there: a fork that runs no program of its own is marked, too.

A mark is the backend's sixteen hexadecimal digits, a dot, and twelve of the single process.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

NAME = "STEAD_MARK"
SIZE = 29
EMPTY = "-" * SIZE  # what the forkserver is started with: space for the mark that it gets later
POLL = 0.02  # seconds
PROC = Path("/proc")
IS_LINUX = sys.platform == "linux"
TIMEOUT = 2.0  # seconds in which a process that was killed has gone
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def new(backend: str) -> str:
    """Return the mark of one more process of a backend."""
    return f"{backend}.{os.urandom(6).hex()}"


def write(text: str) -> None:
    """Mark this process, and what it forks from now on."""
    if IS_LINUX:
        library = ctypes.CDLL(None)
        library.getenv.restype = ctypes.c_void_p
        if address := library.getenv(NAME.encode()):
            ctypes.memmove(address, text.ljust(SIZE, "-").encode()[:SIZE], SIZE)


def bearers(mark: str) -> list[int]:
    """Return the ids of other processes whose mark has this prefix; a zombie has no mark."""
    marker = f"\0{NAME}={mark}".encode()
    return [pid for pid, environ in _environs() if marker in environ and pid != os.getpid()]


def end(mark: str, grace: float = 0.0) -> list[int]:
    """Stop all processes with the mark: by a signal first, with a grace period, then by a kill; return their ids."""
    found = first = bearers(mark)
    if grace:
        _signal(found, signal.SIGTERM)
        found = _left(mark, grace)
    until = time.monotonic() + TIMEOUT
    while found and time.monotonic() < until:
        _signal(found, signal.SIGKILL)  # again: one may have forked just before
        time.sleep(POLL)
        found = bearers(mark)
    return first


def take_orphans() -> None:
    """Let the kernel give this process the orphans among its descendants, rather than the first process of all."""
    if IS_LINUX:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> list[int]:
    """Return the ids of this process's own children; nothing where orphans are given to the first process."""
    if not IS_LINUX:
        return []
    own = str(os.getpid())
    return [pid for pid, words in _texts("stat") if words.rpartition(b")")[2].split()[1].decode() == own]


def _left(mark: str, seconds: float) -> list[int]:
    until = time.monotonic() + seconds
    while (found := bearers(mark)) and time.monotonic() < until:
        time.sleep(POLL)
    return found


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
            os.kill(pid, signal.SIGCONT)  # a stopped process reacts to no other signal


def _environs() -> Iterator[tuple[int, bytes]]:
    if IS_LINUX:
        yield from ((pid, b"\0" + text) for pid, text in _texts("environ"))
        return
    import psutil  # imported here: the forkserver is small, and only Linux needs it

    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            text = "\0".join(f"{name}={value}" for name, value in process.environ().items())
            yield process.pid, f"\0{text}".encode()


def _texts(name: str) -> Iterator[tuple[int, bytes]]:
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it has ended, or is another user's
                yield int(folder.name), (folder / name).read_bytes()
