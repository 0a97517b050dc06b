"""The process of a step on this machine: secrets in its output are masked, and its children end with it."""

import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

SECONDS = 1800
MASK = "::add-mask::"  # by which a script of GitHub's names one more secret
MARK = "STEAD_CI_STEP"  # in the environment of whatever a step starts: a process may leave its session
PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "UV_CACHE_DIR", "UV_OFFLINE", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step: its name, its status (None: it was not run), and the reason."""

    step: str
    status: int | None
    why: str = ""


def masked(name: str, words: list[str], folder: Path, environment: Mapping[str, str], hidden: list[str]) -> Outcome:
    """Run a program, and mask secrets in its output; its children end with it, or at the timeout.

    A value that the program declares as a secret is added to `hidden`.
    """
    mark = secrets.token_hex(8)
    with subprocess.Popen(
        words, cwd=folder, env={**environment, MARK: mark}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        late = threading.Event()
        timer = threading.Timer(SECONDS, _end, (process, mark, late))
        timer.start()
        watcher = threading.Thread(target=_end_rest, args=(process, mark))
        watcher.start()
        try:
            for line in process.stdout or ():
                if line.startswith(MASK):
                    hidden.append(line.removeprefix(MASK).strip())
                sys.stdout.write(hide(line, hidden))
                sys.stdout.flush()
            status = process.wait()
        finally:
            timer.cancel()
            timer.join()
            _kill(process, mark)
            watcher.join()
    return Outcome(name, 124, f"it did not end within {SECONDS} seconds") if late.is_set() else Outcome(name, status)


def _end(process: subprocess.Popen[str], mark: str, late: threading.Event) -> None:
    late.set()
    _kill(process, mark)


def _end_rest(process: subprocess.Popen[str], mark: str) -> None:
    """End the background processes of a script: they hold the pipe open, which is read to its end."""
    process.wait()
    _kill(process, mark)


def _kill(process: subprocess.Popen[str], mark: str) -> None:
    """End the remaining processes of a script: its session, and those that left the session."""
    with suppress(ProcessLookupError, PermissionError):  # nothing is left, or macOS says so of what has ended
        os.killpg(process.pid, signal.SIGKILL)
    for each in psutil.process_iter():
        with suppress(psutil.Error):  # it has ended, or is another user's
            if each.environ().get(MARK) == mark:
                each.kill()


def hide(line: str, hidden: Iterable[str]) -> str:
    """Return a text with every line of every secret masked."""
    for part in sorted(
        {part for value in hidden for part in value.splitlines() if part.strip()}, key=len, reverse=True
    ):
        line = line.replace(part, "***")
    return line
