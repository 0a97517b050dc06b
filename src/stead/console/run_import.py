"""Takes over a run that somebody hands on: its rows are copied into a new file, and the file itself is not kept.

What is handed on may be anything that SQLite opens: tables that are views, triggers, texts where numbers belong. So
only rows of the known tables are read, each value as the type of its column, JSON only where it is of the kind that
belongs there, and within a bounded time.
"""

import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

import msgspec

from stead.console.config import BYTES, Limits
from stead.console.http_message import BadRequest
from stead.console.run_file import BESIDE, TABLES, RunFile, new_run, remove
from stead.console.run_view import RunView, ended_run

LONGEST = 2 * BYTES  # of what is handed on
TIMEOUT = 60.0  # seconds of copying
COPIED = ("about", "traces", *TABLES)
JSON = {"fields": "object", "attributes": "object", "events": "array"}  # the columns that hold it, or nothing
PLAIN = "SELECT name FROM source.sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"  # nothing virtual
NO_RUN = "this is not a file of a run"


@contextmanager
def uploaded(folder: Path) -> Iterator[Path]:
    """Give a private file into which a run can be written until it has been taken over."""
    with NamedTemporaryFile(dir=folder, prefix=".import-") as file:
        path = Path(file.name)
        try:
            yield path
        finally:
            for end in BESIDE:
                path.with_name(path.name + end).unlink(missing_ok=True)


async def write(parts: AsyncIterator[bytes], path: Path) -> None:
    """Write what comes, as it comes; BadRequest when it is too much."""
    size = 0
    with path.open("wb") as file:
        async for part in parts:
            size += len(part)
            if size > LONGEST:
                raise BadRequest(f"the file is longer than {LONGEST} bytes")
            file.write(part)


def take_over(source: Path, folder: Path) -> str:
    """Copy a run into a new file of the folder, and return its name; BadRequest when it is none."""
    try:
        view = ended_run(source)
        if not view.about.get("backend") or not view.started:
            raise BadRequest(f"{NO_RUN}: it does not say of which backend, and when it began")
        return _copied(source, view, folder)
    except (sqlite3.Error, msgspec.MsgspecError, ValueError, OverflowError) as error:
        raise BadRequest(f"{NO_RUN}: {error}") from None


def _copied(source: Path, view: RunView, folder: Path) -> str:
    target = new_run(folder, view.started / 1e6, keep=sys.maxsize)
    RunFile(target, Limits()).close()
    try:
        with closing(sqlite3.connect(f"file:{quote(str(target))}", uri=True, isolation_level=None)) as connection:
            connection.execute("ATTACH ? AS source", (f"file:{quote(str(source))}?mode=ro",))
            until = time.monotonic() + TIMEOUT
            connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
            _copy(connection)
    except BaseException:
        remove(target)
        raise
    return target.stem


def _copy(connection: sqlite3.Connection) -> None:
    there = {name for (name,) in connection.execute(PLAIN)}
    connection.execute("BEGIN")
    for table in (each for each in COPIED if each in there):
        columns = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
        values = ", ".join(_value(name, kind) for _, name, kind, *_ in columns)
        limit = getattr(Limits(), table, Limits().spans)
        connection.execute(f"INSERT INTO main.{table} SELECT {values} FROM source.{table} LIMIT {limit}")  # noqa: S608 - names of our own schema
    connection.execute("COMMIT")


def _value(column: str, kind: str) -> str:
    """Return the expression of SQL by which a column is copied."""
    value = f"CAST({column} AS {kind})"
    if column not in JSON:
        return value
    return f"CASE WHEN json_valid({value}) THEN iif(json_type({value}) = '{JSON[column]}', {value}, '') ELSE '' END"
