"""What elements, relationships, solutions and entries have in common: a row in a tenant, its number, its revision."""

from collections.abc import Mapping
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from stead.kit.database import Connection
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from tenancy.revision import check_revision

QUERIES = Queries.beside(__file__)
FIRST_ID = UUID(int=0)


async def one(connection: Connection, query: str, **values: object) -> DictRow | None:
    return await (await connection.execute(QUERIES[query], values)).fetchone()


async def every(connection: Connection, query: str, **values: object) -> list[DictRow]:
    return await (await connection.execute(QUERIES[query], values)).fetchall()


async def written(connection: Connection, query: str, **values: object) -> DictRow:
    """Return the row that an INSERT or UPDATE of a locked row returns."""
    row = await one(connection, query, **values)
    assert row is not None
    return row


async def locked(connection: Connection, kind: str, tenant_id: UUID, record_id: UUID, if_match: str | None) -> DictRow:
    """Lock a record for a change; HttpProblem when it is not there, or not the one that If-Match names."""
    query = f"{QUERIES[kind]} FOR UPDATE"
    row = await (await connection.execute(query, {"tenant": tenant_id, "id": record_id})).fetchone()
    if row is None:
        raise unknown(kind)
    check_revision(if_match, row["revision"])
    return row


async def numbers(connection: Connection, tenant_id: UUID, prefix: str, count: int = 1) -> range:
    """Take the next numbers of a prefix."""
    row = await written(connection, "next_number", tenant=tenant_id, prefix=prefix, count=count)
    return range(row["last"] - count + 1, row["last"] + 1)


def page(rows: list[DictRow], limit: int) -> tuple[list[DictRow], UUID | None]:
    """Split off the row that only tells that there are more."""
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None


def jsonb(values: Mapping[str, object]) -> Jsonb:
    return Jsonb(dict(values))


def unknown(kind: str) -> HttpProblem:
    return HttpProblem(404, f"unknown_{kind}", f"No such {kind}.")


def in_use(what: str) -> HttpProblem:
    return HttpProblem(409, "in_use", f"It is part of {what}; remove it there first.")
