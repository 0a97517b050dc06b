"""The file of one run, `.stead/runs/<time>.sqlite`: SQLite with a write-ahead log, one writer, readers of their own.

Rows are bounded by table and the file by its size: what is oldest goes first. A search looks through the rows, and no
index of words is kept: 100,000 lines take less than 100 ms, an index of words finds no part of a word, and one of
trigrams would triple the file.
"""

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stead.console.call_counter import CallCounter
from stead.console.config import Limits
from stead.console.log_record import Record
from stead.model.private import untrusted_reason
from stead.run.error import RunError

if TYPE_CHECKING:  # who only reads, such as `stead logs`, does not wait for psutil
    from stead.console.metric_sampler import Measurement
    from stead.console.otlp import Span

FOLDER = "runs"
ENDING = ".sqlite"
BESIDE = ("-wal", "-shm")
TABLES = ("logs", "spans", "calls", "states", "metrics")
LARGE = ("logs", "spans")  # the tables with long rows
TRIM_EVERY = 2_000  # rows that are added between two looks at the bounds
PART = 10  # one row in so many is dropped when the file is too large

INSERT = {
    "logs": "INSERT INTO logs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
    "spans": "INSERT INTO spans VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "states": "INSERT INTO states VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
    "metrics": "INSERT INTO metrics VALUES (NULL, ?, ?, ?, ?)",
}
# The name of a trace is that of its root, or, until that has come, of the span that began first.
NAMING = "excluded.root > root OR (excluded.root = root AND excluded.first < first)"
TRACE = f"""
INSERT INTO traces VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
ON CONFLICT (trace) DO UPDATE SET
    start = min(start, excluded.start), finish = max(finish, excluded.finish),
    spans = spans + 1, errors = errors + excluded.errors,
    service = iif({NAMING}, excluded.service, service), name = iif({NAMING}, excluded.name, name),
    status = iif({NAMING}, excluded.status, status), root = iif({NAMING}, excluded.root, root),
    first = iif({NAMING}, excluded.first, first)
"""  # noqa: S608 - no value is in it


class RunFile:
    """Writes the file of one run; every method raises sqlite3.Error when the file or the disk does not take it."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self._limits = limits
        self._added = 0
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA journal_size_limit = 16777216")
        self._connection.executescript(files("stead.console").joinpath("schema.sql").read_text())
        self._calls = CallCounter(self._connection)

    def about(self, **values: str) -> None:
        """Note what the run is."""
        self._connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", values.items())

    def add(
        self,
        logs: Sequence[Record],
        spans: "Sequence[Span]",
        states: Sequence[tuple[Any, ...]],
        metrics: "Sequence[Measurement]" = (),
    ) -> None:
        """Add rows, all or none; what is too old by now is dropped."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(INSERT["logs"], logs)
            connection.executemany(INSERT["spans"], spans)
            connection.executemany(TRACE, map(_of_trace, spans))
            self._calls.add(spans)
            connection.executemany(INSERT["states"], states)
            connection.executemany(INSERT["metrics"], metrics)
            self._added += len(logs) + len(spans) + len(states) + len(metrics)
            if self._added >= TRIM_EVERY or self._bytes() > self._limits.bytes:
                self._added = 0
                self._trim()
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # the first error is the one to report
                connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Leave one file behind that can be handed on."""
        with suppress(sqlite3.Error):  # the disk is full, or the file is damaged: that was reported before
            self._calls.flush()
        with suppress(sqlite3.Error):  # a reader still has it open: the file is complete, together with its log
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()

    @property
    def idle(self) -> bool:
        """Tell whether there is nothing to be written without new rows."""
        return self._calls.idle

    def _trim(self) -> None:
        for table in TABLES:
            self._keep(table, getattr(self._limits, table))
        while self._bytes() > self._limits.bytes:
            dropped = [self._drop_part(table) for table in LARGE]
            if not any(dropped):
                break
        self._connection.execute("DELETE FROM traces WHERE finish < (SELECT min(start) FROM spans)")
        if self._count("traces") > self._limits.spans:  # a clock that jumped left rows that never become the oldest
            self._connection.execute("DELETE FROM traces WHERE trace NOT IN (SELECT trace FROM spans)")

    def _keep(self, table: str, most: int) -> None:
        self._connection.execute(f"DELETE FROM {table} WHERE id <= (SELECT max(id) FROM {table}) - ?", (most,))  # noqa: S608 - the name of a table

    def _drop_part(self, table: str) -> int:
        """Drop the oldest rows of a table; return how many."""
        part = f"SELECT min(id) + (max(id) - min(id)) / {PART} FROM {table}"  # noqa: S608 - as above
        return self._connection.execute(f"DELETE FROM {table} WHERE id <= ({part})").rowcount  # noqa: S608 - as above

    def _count(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - as above

    def _bytes(self) -> int:
        """Return the size of what is used: a page that was given free is used again before the file grows."""
        names = ("page_count", "freelist_count", "page_size")
        pages, free, size = (self._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
        return int((pages - free) * size)


def _of_trace(span: "Span") -> tuple[Any, ...]:
    root = int(not span.parent)
    finish = span.start + span.duration
    return span.trace, span.start, finish, root, span.start, span.service, span.name, span.status, span.error


def runs_folder(state_folder: Path) -> Path:
    """Return the folder of the runs, closed to others; RunError when it is a link or another user's."""
    folder = state_folder / FOLDER
    if why := untrusted_reason(folder):
        raise RunError(why)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def run_files(folder: Path) -> list[Path]:
    """Return the files of the runs, the newest first."""
    return sorted((file for file in folder.glob(f"*{ENDING}") if not file.is_symlink()), reverse=True)


def live_file(folder: Path) -> Path | None:
    """Return the file that is written now: the newest with a write-ahead log beside it; None when there is none.

    Its name need not be the last: a run that was handed on may be newer, and a clock may have been set back.
    """
    return next((file for file in run_files(folder) if file.with_name(f"{file.name}{BESIDE[0]}").exists()), None)


def newest_file(folder: Path) -> Path | None:
    """Return the file that is written now, or else the last one; None when no run is kept."""
    return live_file(folder) or next(iter(run_files(folder)), None)


def new_run(folder: Path, started: float, keep: int) -> Path:
    """Return the path of a new run's file, after dropping what is too old."""
    for file in run_files(folder)[max(0, keep - 1) :]:
        remove(file)
    name = time.strftime("%Y%m%dT%H%M%S", time.localtime(started))
    names = (name, *(f"{name}_{number}" for number in range(1, 1000)))  # a clock that was set back gives a name again
    return next(file for each in names if not (file := folder / f"{each}{ENDING}").exists())


def size(file: Path) -> int:
    """Return the bytes of a run's file, with what SQLite keeps beside it."""
    paths = (file, *(file.with_name(file.name + end) for end in BESIDE))
    return sum(path.stat().st_size for path in paths if path.exists())


def remove(file: Path) -> None:
    """Remove the file of a run, and what SQLite keeps beside it."""
    for path in (file, *(file.with_name(file.name + end) for end in BESIDE)):
        path.unlink(missing_ok=True)


def rows(file: Path, sql: str, values: Sequence[Any] = (), seconds: float = 3.0) -> list[dict[str, Any]]:
    """Ask a run's file, for reading only and for a bounded time; sqlite3.Error when it is damaged or takes too long."""
    until = time.monotonic() + seconds
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=1.0)) as connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = _text
        connection.execute("PRAGMA query_only = ON")
        connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
        return [dict(row) for row in connection.execute(sql, values)]


def _text(value: bytes) -> str:
    """Return a text: where a file that was handed on holds bytes that are none, the other rows are shown as well."""
    return value.decode(errors="replace")


def newer_rows(file: Path, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Ask for a table that a run of an earlier version does not have; nothing then."""
    try:
        return rows(file, sql, values)
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []
        raise
