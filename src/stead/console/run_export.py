"""The file of a run as it is handed on: without the secrets that were recorded before they were known to be secrets.

The copy is made in memory: a second file on the disk would hold the secrets until it is masked, and longer after a
crash.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from stead.console.masking import Mask
from stead.console.recorded_mask import recorded_mask
from stead.run.state_directory import Folder

MANY = 5_000  # rows that are looked through at once

Row = tuple[Any, ...]


def masked_copy(file: Path, folder: Folder) -> bytes:
    """Return the bytes of a run's file without secrets; sqlite3.Error when it is damaged."""
    mask = recorded_mask(folder)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=1.0)) as source:
            source.backup(copy)
        for (table,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            _mask(copy, table, mask)
        copy.execute("VACUUM")  # replaced or dropped content is still in free pages
        return copy.serialize()


def _mask(copy: sqlite3.Connection, table: str, mask: Mask) -> None:
    """Replace the rows of a table that hold a secret; the first column of each table is its key."""
    rows = copy.execute(f"SELECT * FROM {table}")  # noqa: S608 - the name of a table
    key, *others = (column[0] for column in rows.description)
    changed = list(_changed(rows, mask))
    copy.executemany(f"DELETE FROM {table} WHERE {key} = ?", [before[:1] for before, _ in changed])  # noqa: S608 - as above
    marks = ", ".join("?" * (1 + len(others)))
    copy.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", [after for _, after in changed])  # noqa: S608 - as above


def _changed(rows: sqlite3.Cursor, mask: Mask) -> Iterator[tuple[Row, Row]]:
    while many := rows.fetchmany(MANY):
        yield from (pair for pair in zip(many, mask.rows(many), strict=True) if pair[0] != pair[1])
