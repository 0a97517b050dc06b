"""A cursor of psycopg that creates a span for each statement, if spans are collected.

The span has the text of the statement with placeholders, never the values.
"""

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any, Self

from psycopg import AsyncCursor
from psycopg.rows import DictRow
from psycopg.sql import Composable

from stead.kit import trace
from stead.kit.otlp_json import CLIENT
from stead.kit.spans import Export, Finished

LONGEST = 500  # characters of a statement
NAME = 60


def query_cursor(export: Export) -> type[AsyncCursor[DictRow]]:
    """Return a cursor class that sends spans to an exporter; a statement outside a request has no span."""

    class QueryCursor(AsyncCursor[DictRow]):
        async def execute(
            self, query: Any, params: Sequence[Any] | Mapping[str, Any] | None = None, **options: Any
        ) -> Self:
            current = trace.current()
            if current is None:
                return await super().execute(query, params, **options)
            begun, failed = perf_counter(), True
            try:
                done = await super().execute(query, params, **options)
                failed = False
                return done
            finally:
                _export(export, current, _text(query), perf_counter() - begun, failed=failed)

    return QueryCursor


def _export(export: Export, current: trace.Trace, text: str, seconds: float, *, failed: bool) -> None:
    noted: dict[str, str | int] = {"db.system.name": "postgresql", "db.query.text": text[:LONGEST]}
    export(Finished(current.child(), text[:NAME], CLIENT, seconds, noted, failed=failed))


def _text(query: Any) -> str:
    """Return a statement on one line."""
    if isinstance(query, Composable):
        return "a composed statement"
    text = query.decode(errors="replace") if isinstance(query, bytes) else str(query)
    return " ".join(text.split())
