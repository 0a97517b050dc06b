"""Reads the database of a service: its tables and their rows, what was migrated, the outbox, the idempotency keys.

It connects as the service's own role, in a transaction that is read only and bounded in time, and asks for nothing but
its own statements: no text of a person becomes SQL. A value that may be a secret is masked. A database that does not
answer is an error of this page, and of nothing else.

Errors:
    DatabaseError    the database is not there, or refuses; the text says what to do
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stead.console.config import Node
from stead.kit.log import clean
from stead.model import SteadError
from stead.run.port import HOST
from stead.run.state_directory import Folder

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import DictRow

CONNECT = 3  # seconds
STATEMENT = "2s"
ROWS = 50  # rows of one answer
LONGEST = 300  # characters of a value
PORT_LINE = 3  # of postmaster.pid: PostgreSQL's documentation, "Database File Layout"
SECRET = re.compile(r"secret|password|token|digest|hash|cipher|private|credential", re.IGNORECASE)
CODE = re.compile(r"(\w*_)?(code|otp|pin)", re.IGNORECASE)  # in a queued message: it opens something once
HIDDEN = "•••"

TABLES = """
SELECT n.nspname AS schema, c.relname AS name, greatest(c.reltuples, 0)::bigint AS about,
    pg_total_relation_size(c.oid) AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
ORDER BY c.relname LIKE 'procrastinate%', 1, 2 LIMIT 500
"""
PRIMARY_KEY = """
SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey::int[], a.attnum::int)
"""
MIGRATIONS = "SELECT component, file FROM stead_migration ORDER BY component, file LIMIT 500"
OUTBOX = "SELECT status::text AS status, count(*) AS count FROM procrastinate_jobs GROUP BY 1 ORDER BY 1"
MESSAGES = """
SELECT id, task_name AS message, status::text AS status, attempts, scheduled_at FROM procrastinate_jobs
ORDER BY id DESC LIMIT 30
"""
KEYS = "SELECT owner, key, status, created_at FROM idempotency ORDER BY created_at DESC LIMIT 30"

Row = dict[str, Any]


class DatabaseError(SteadError):
    """The database of a service cannot be read."""


class DatabaseReader:
    """Reads the databases of one backend, as long as its PostgreSQL runs on this machine."""

    def __init__(self, description: Path) -> None:
        self._folder = Folder(description)

    def overview(self, node: Node) -> Row:
        """Return the tables of a service, its migrations, its outbox and its newest idempotency keys."""
        with self._reading(node) as connection:
            tables = connection.execute(TABLES).fetchall()
            names = {row["name"] for row in tables}
            migrations = connection.execute(MIGRATIONS).fetchall() if "stead_migration" in names else []
            outbox = "procrastinate_jobs" in names
            counts = connection.execute(OUTBOX).fetchall() if outbox else []
            messages = connection.execute(MESSAGES).fetchall() if outbox else []
            of_the_kit = any(row["component"] == "idempotency" for row in migrations)
            keys = connection.execute(KEYS).fetchall() if of_the_kit else []
        return {
            "database": node.database,
            "tables": [shown_row(row) for row in tables],
            "migrations": [shown_row(row) for row in migrations],
            "outbox": [shown_row(row) for row in counts],
            "messages": [shown_row(row) for row in messages],
            "keys": [shown_row(row) for row in keys],
        }

    def rows(self, node: Node, schema: str, table: str, page: int) -> Row:
        """Return one page of a table, by its primary key; DatabaseError when there is no such table."""
        from psycopg.sql import SQL, Identifier

        with self._reading(node) as connection:
            tables = {(row["schema"], row["name"]) for row in connection.execute(TABLES)}
            if (schema, table) not in tables:
                raise DatabaseError(f"there is no table {schema}.{table} in {node.database}")
            name = Identifier(schema, table)
            quoted = name.as_string(connection)
            key = [Identifier(row["name"]) for row in connection.execute(PRIMARY_KEY, (quoted,))]
            order = SQL(" ORDER BY ") + SQL(", ").join([each + SQL(" DESC") for each in key]) if key else SQL("")
            query = SQL("SELECT * FROM {}").format(name) + order + SQL(" LIMIT %s OFFSET %s")
            cursor = connection.execute(query, (ROWS + 1, page * ROWS))
            found = cursor.fetchall()
            columns = [each.name for each in cursor.description or ()]
        return {"columns": columns, "rows": [shown_row(row) for row in found[:ROWS]], "more": len(found) > ROWS}

    @contextmanager
    def _reading(self, node: Node) -> "Iterator[Connection[DictRow]]":
        import psycopg  # imported when somebody looks: its library takes memory
        from psycopg.rows import dict_row

        from stead.run.secrets import Secrets  # as above

        if not node.database:
            raise DatabaseError(f"{node.name} has no database that this run made")
        password = Secrets(self._folder, read_only=True).password("postgres", node.database)
        options = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT} -c lock_timeout=500ms"
        try:
            with psycopg.connect(
                host=HOST, port=self._port(), dbname=node.database, user=node.database, password=password,
                connect_timeout=CONNECT, options=options, application_name="stead console", row_factory=dict_row,
            ) as connection:  # fmt: skip
                yield connection
        except psycopg.Error as error:
            raise DatabaseError(clean(f"the database {node.database} cannot be read: {str(error).strip()}")) from None

    def _port(self) -> int:
        file = self._folder.path / "postgres" / "data" / "postmaster.pid"
        try:
            return int(file.read_text().splitlines()[PORT_LINE])
        except (OSError, ValueError, IndexError):
            raise DatabaseError("PostgreSQL does not run: stead start postgres") from None


def shown_row(row: Row) -> Row:
    """Return a row as the page shows it."""
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    """Return a value as the page shows it: bounded, and masked where it may be a secret."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if SECRET.search(name):
        return HIDDEN
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} B"
    text = clean(str(_masked(value)))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _masked(value: Any) -> Any:
    """Return JSON with what may be a secret masked, by its name, however deep."""
    if isinstance(value, dict):
        hidden = {name for name in value if SECRET.search(name) or CODE.fullmatch(name)}
        return {name: HIDDEN if name in hidden else _masked(each) for name, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list) else value
