"""What a database has: tables, columns, foreign keys, and the names that were chosen for them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg.rows import dict_row

from stead.model import SteadError

PAUSE = 0.5  # seconds between two tries
COLUMNS = """
SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
ORDER BY c.relname, a.attnum
"""
KEYS = """
SELECT k.conname AS name, c.relname AS table, t.relname AS target,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (num, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY u.place) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (num, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY u.place) AS target_columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND n.nspname = %(schema)s AND t.relnamespace = c.relnamespace
ORDER BY c.relname, k.conname
"""


class CatalogError(SteadError):
    """A database that cannot be read; the text has no password in it."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key: from these columns of a table to those of another."""

    name: str
    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """A schema. `names` has by (table, column) what was chosen instead of the usual name."""

    tables: Mapping[str, Mapping[str, str]]
    keys: tuple[ForeignKey, ...]
    names: Mapping[tuple[str, str], str]


def read_catalog(source: str, url: str, schema: str, until: float) -> Catalog:
    """Return what the database has, waiting for it until a moment of the monotonic clock."""
    while True:
        try:
            return _read(url, schema)
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise CatalogError(f"The database of {source} cannot be reached: {type(error).__name__}.") from None
        except psycopg.Error as error:
            raise CatalogError(f"The database of {source} cannot be read: {type(error).__name__}.") from None
        time.sleep(PAUSE)


def _read(url: str, schema: str) -> Catalog:
    with psycopg.connect(url, row_factory=dict_row, connect_timeout=3) as connection:
        asked = {"schema": schema}
        tables: dict[str, dict[str, str]] = {}
        for row in connection.execute(COLUMNS, asked):
            tables.setdefault(row["table"], {})[row["column"]] = row["type"]
        keys = [
            ForeignKey(row["name"], row["table"], tuple(row["columns"]), row["target"], tuple(row["target_columns"]))
            for row in connection.execute(KEYS, asked)
        ]
        names = {}
        if "hasura_name" in tables:
            chosen = psycopg.sql.SQL("SELECT table_name, column_name, name FROM {}").format(
                psycopg.sql.Identifier(schema, "hasura_name")
            )
            names = {(row["table_name"], row["column_name"]): row["name"] for row in connection.execute(chosen)}
        return Catalog(tables, tuple(keys), names)
