"""Load a description that may be hostile: it may take only so long, and what it prints is shown to nobody."""

import contextlib
import io
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from stead.model import Backend, DescriptionError, Problem, SourceLocation
from stead.model.load import find, read
from stead.model.source_location import here
from stead.model.validation import problems

LONGEST = 10.0  # seconds that a description may compute or do nothing, without the time that it waits for a CPU
TICK = 0.1  # seconds between two looks at what it has used
AGAIN = 0.05  # seconds after which a description that caught the interruption is interrupted again


class _TimeoutReached(BaseException):
    """The time is up. No Exception, since a description may catch those, as the loader does."""


def described(path: Path) -> tuple[Path, Backend | None, list[Problem]]:
    """Return a description's file, the backend where it could be read, and all that is wrong with it."""
    try:
        file = find(path)
    except DescriptionError as error:
        return Path(error.problems[0].place.file), None, list(error.problems)
    with _output_discarded() as sink:
        backend, found = _read(file)
    if sink.place:
        mend = "leave printing to a program; a description is imported by every command"
        found.append(Problem("BACKEND005", "the description prints when it is imported", sink.place, mend))
    return file, backend, found


def _read(file: Path) -> tuple[Backend | None, list[Problem]]:
    try:
        with _bounded():
            backend = read(file)
            return backend, problems(backend)
    except DescriptionError as error:
        return None, list(error.problems)
    except _TimeoutReached as late:
        mend = "move long computations out of the description"
        message = f"importing the description takes longer than {LONGEST:g} s"
        return None, [Problem("BACKEND004", message, SourceLocation(str(file), _line(late, file)), mend)]


def _line(late: BaseException, file: Path) -> int:
    """Return the line of the description at which it was interrupted."""
    frames = traceback.extract_tb(late.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == str(file)), 0)


class _DiscardOutput(io.TextIOBase):
    """Takes everything and keeps nothing, so that an endless print costs no memory."""

    def __init__(self) -> None:
        self.place: SourceLocation | None = None  # of the first print

    def write(self, text: str) -> int:
        self.place = self.place or here()
        return len(text)


@contextlib.contextmanager
def _output_discarded() -> Iterator[_DiscardOutput]:
    """Keep what is printed away from the report, also what another program prints that the description starts."""
    sink = _DiscardOutput()
    sys.stdout.flush()
    try:
        original = os.dup(1)
    except OSError:  # there is no standard output
        with contextlib.redirect_stdout(sink):
            yield sink
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        with contextlib.redirect_stdout(sink):
            yield sink
    finally:
        os.dup2(original, 1)
        os.close(original)
        os.close(nowhere)


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Interrupt what takes too long. Only the main thread can be interrupted; elsewhere there is no bound."""
    used, spent = time.process_time(), 0.0

    def stop(_number: int, _frame: object) -> None:
        nonlocal used, spent
        now = time.process_time()
        spent += now - used if now - used > TICK / 10 else TICK
        used = now
        if spent < LONGEST:
            return
        signal.setitimer(signal.ITIMER_REAL, AGAIN, AGAIN)
        raise _TimeoutReached

    try:
        before = signal.signal(signal.SIGALRM, stop)
    except ValueError:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
