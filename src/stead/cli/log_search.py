"""Search the logs of a run: matching lines of all files, in the order of time."""

import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stead.console.log_record import LEVELS, Record, record
from stead.model import SteadError
from stead.run.log_file import older

AGO = re.compile(r"([0-9]{1,9})\s*(s|m|h|d)")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
MICRO = 1_000_000

Masking = Callable[[str], str]  # returns a text without secrets


@dataclass(frozen=True)
class Search:
    """The search; `since` in microseconds since 1970, `level` is the lowest one to show."""

    since: int = 0
    level: int = 0
    trace: str = ""
    pattern: re.Pattern[str] | None = None

    def __call__(self, read: Record, line: str) -> bool:
        return (
            read.time >= self.since
            and read.level >= self.level
            and read.trace.startswith(self.trace)
            and (self.pattern is None or self.pattern.search(line) is not None)
        )

    def __bool__(self) -> bool:
        return self != Search()


def search(since: str, level: str, grep: str, trace: str) -> Search:
    """Read the options of `stead logs`; SteadError names what is wrong with one."""
    if level and level.lower() not in LEVELS:
        raise SteadError(f"--level {level}: the levels are debug, info, warning, error and critical")
    if trace and not re.fullmatch(r"[0-9a-fA-F]{4,32}", trace):
        raise SteadError(f"--trace {trace}: give the first 4 to 32 hexadecimal digits of the trace's id")
    try:
        pattern = re.compile(grep, re.IGNORECASE) if grep else None
    except re.error as error:
        raise SteadError(f"--grep {grep}: not a regular expression: {error}") from None
    return Search(_since(since), LEVELS[level.lower()] if level else 0, trace.lower(), pattern)


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """End a search that takes longer with a SteadError: some expressions need more time than anybody has.

    The standard library's `re` looks for signals while it searches. Only the main thread may use this.
    """

    def stop(*_: object) -> None:
        raise SteadError(f"the search took longer than {seconds:g} s; give a simpler expression, or a later since")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _since(text: str) -> int:
    if not text:
        return 0
    if found := AGO.fullmatch(text.strip()):
        return int((time.time() - int(found[1]) * UNITS[found[2]]) * MICRO)
    try:
        return int(datetime.fromisoformat(text).timestamp() * MICRO)
    except (ValueError, OverflowError):  # the year 1 parses, but lies before any timestamp
        raise SteadError(
            f"--since {text}: give how long ago, such as 5m or 2h, or a time such as 2026-11-28T09:30"
        ) from None


def in_order(
    files: Mapping[str, Path], query: Search, last: int, mask: Masking, ends: Mapping[str, int] = {}
) -> list[tuple[Record, str]]:
    """Return the last matching lines of each file, all in the order of time.

    Lines are masked before the search: otherwise a search could guess a secret.

    ends    how many bytes of a file to read, when the lines after them are followed
    """
    found = [pair for name, file in files.items() for pair in _of_one(name, file, query, last, mask, ends.get(name))]
    return sorted(found, key=lambda pair: pair[0].time)


def _of_one(
    name: str, file: Path, query: Search, last: int, mask: Masking, end: int | None
) -> list[tuple[Record, str]]:
    matching = [pair for pair in records(name, _lines(file, mask, end)) if query(*pair)]
    return matching[-last:] if last else []


def records(name: str, lines: Iterable[str]) -> Iterator[tuple[Record, str]]:
    """Yield each line with its fields; a line without a time has that of the line before it."""
    at = 0
    for line in lines:
        read = record(name, line, at)
        if abs(read.time - at) > 0:
            at = read.time
        yield read, line


def _lines(file: Path, mask: Masking, end: int | None) -> Iterator[str]:
    for path, bytes_read in ((older(file), None), (file, end)):
        if path.exists():
            written = path.read_bytes()[:bytes_read].decode(errors="replace")
            text = mask(re.sub(r"\r\n?", "\n", written))
            yield from text.removesuffix("\n").split("\n") if text else ()
