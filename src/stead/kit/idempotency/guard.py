"""The guard of a write route: the key's row and the work are committed together.

So a process that dies leaves neither, and the next attempt does the work. Rejected: writing the key first, in its own
transaction; then a dead process leaves a key in flight forever.

A key is stored until it is swept. Business keys (`signup:{user}`) must never be swept; a service with random keys has
`sweep` among its components, which deletes them after a week, when retries have ended.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from litestar import Response
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.periodic_task import PeriodicTask

BEGIN = "SELECT * FROM idempotency_begin(%s, %s)"
KEEP = "INSERT INTO idempotency (owner, key, body_hash, status, headers, body) VALUES (%s, %s, %s, %s, %s, %s)"
FORGET = "DELETE FROM idempotency WHERE created_at < clock_timestamp() - %s"
REPLAYED = "Idempotency-Replayed"
RETENTION = timedelta(days=7)
EVERY = 3600.0  # seconds

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Answer:
    """The response of a handler, stored under the key as bytes, so that a replay is identical."""

    status: int
    body: msgspec.Struct | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Work = Callable[[Connection], Awaitable[Answer]]


class Idempotency:
    """Runs work under an attempt's key.

    Refuses 422 `idempotency_key_reused` when the key was used with another request, and 409 `idempotency_in_flight`
    while another attempt with it is in progress. Refusals are not stored: the next attempt is evaluated again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, attempt: IdempotencyKey, work: Work) -> Response[Any]:
        """Run the work in its own transaction, once for this key, and return the response.

        The work may be repeated after a transient error of PostgreSQL, so it must use only its connection.
        """

        return await self._database.run(lambda connection: self.run_in(connection, attempt, work))

    async def run_in(self, connection: Connection, attempt: IdempotencyKey, work: Work) -> Response[Any]:
        """Do the work in the caller's transaction, once for this key, and return the answer."""
        if attempt.key is None:
            answer = await work(connection)
            return _response(answer.status, _bytes(answer), answer.headers)
        return await _guarded(connection, attempt, attempt.key, work)

    async def forget(self, older_than: timedelta) -> int:
        """Delete the keys that are older, and return how many those were."""
        async with self._database.connection() as connection:
            return (await connection.execute(FORGET, (older_than,))).rowcount


def sweep(database: Database, older_than: timedelta = RETENTION) -> PeriodicTask:
    """Return the part that forgets keys: for a service whose keys are random."""
    return PeriodicTask("idempotency keys", partial(Idempotency(database).forget, older_than), EVERY)


async def _guarded(connection: Connection, attempt: IdempotencyKey, key: str, work: Work) -> Response[Any]:
    row = await (await connection.execute(BEGIN, (attempt.owner, key))).fetchone()
    assert row is not None  # a function that returns a record returns one
    if row["stored"]:
        return _replay(row, attempt)
    if not row["mine"]:
        raise HttpProblem(
            409, "idempotency_in_flight", "A request with this key is in progress.", headers={"Retry-After": "1"}
        )
    answer = await work(connection)
    body, headers = _bytes(answer), dict(answer.headers)
    await connection.execute(KEEP, (attempt.owner, key, attempt.body_hash, answer.status, Jsonb(headers), body))
    return _response(answer.status, body, headers)


def _replay(row: DictRow, attempt: IdempotencyKey) -> Response[Any]:
    if row["body_hash"] != attempt.body_hash:
        raise HttpProblem(422, "idempotency_key_reused", "This key was used with another request.")
    return _response(row["status"], row["body"], {**row["headers"], REPLAYED: "true"})


def _bytes(answer: Answer) -> bytes:
    return b"" if answer.body is None else _encode(answer.body)


def _response(status: int, body: bytes, headers: Mapping[str, str]) -> Response[Any]:
    return Response(body, status_code=status, headers=dict(headers), media_type="application/json")
