"""The answer of a write that is done once for its Idempotency-Key."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Response

from stead.kit.database import Connection
from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey


async def answer_once(
    idempotency: Idempotency,
    attempt: IdempotencyKey,
    status: int,
    work: Callable[[Connection], Awaitable[msgspec.Struct]],
) -> Response[Any]:
    async def answer(connection: Connection) -> Answer:
        return Answer(status, await work(connection))

    return await idempotency.run(attempt, answer)
