"""The fingerprint of a database, to compare two: rows, a checksum of their contents, every object's definition.

It is computed in the snapshot that `pg_dump` reads, while other sessions write.
"""

import hashlib
from collections.abc import Iterator

import msgspec

from stead.kit.sql import Queries
from stead.ops.backup.server import Server, Session

SQL = Queries.beside(__file__, "facts.sql")
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
SHORT = 16  # hexadecimal digits: it distinguishes values, and protects nothing


class Fingerprint(msgspec.Struct, frozen=True):
    """The fingerprint of a database.

    rows      rows of each table
    schema    a digest of each object's definition
    contents  of each table a sum over all of its rows. With it a guess of a row could be confirmed, so it is not for
              everyone to see
    """

    server: str
    rows: dict[str, int]
    schema: dict[str, str]
    contents: dict[str, str]


class Snapshot:
    """An open snapshot of a database; `pg_dump` uses its id."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.execute(BEGIN)
        self.number: str = session.query("SELECT to_jsonb(pg_export_snapshot())")

    def facts(self) -> Fingerprint:
        """Compute the fingerprint of the whole database."""
        query = self._session.query
        tables = {table: query(SQL["content"].format(table=table)) for table in query(SQL["tables"])}
        return Fingerprint(
            server=query(SQL["server"]),
            rows={table: found["rows"] for table, found in tables.items()},
            schema={name: _short(text) for name, text in (query(SQL["schema"]) or {}).items()},
            contents={table: found["content"] for table, found in tables.items()},
        )


def facts(server: Server, database: str) -> Fingerprint:
    """Return the present fingerprint of a database."""
    with Session(server, database) as session:
        return Snapshot(session).facts()


def rows_differ(expected: Fingerprint, found: Fingerprint) -> Iterator[str]:
    """Yield each table with a difference."""
    for table in sorted(expected.rows.keys() | found.rows.keys()):
        before, now = expected.rows.get(table), found.rows.get(table)
        if before is None or now is None:
            yield f"table {table} {'is missing' if now is None else 'was not there'}"
        elif before != now:
            yield f"table {table} has {now} rows instead of {before}"
        elif expected.contents and expected.contents.get(table) != found.contents.get(table):
            yield f"the rows of table {table} differ"


def schema_differs(expected: Fingerprint, found: Fingerprint) -> Iterator[str]:
    """Yield each object that is missing, new, or has another definition."""
    for name in sorted(expected.schema.keys() | found.schema.keys()):
        if name not in found.schema:
            yield f"{name} is missing"
        elif name not in expected.schema:
            yield f"{name} was not there"
        elif expected.schema[name] != found.schema[name]:
            yield f"{name} has another definition"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:SHORT]
