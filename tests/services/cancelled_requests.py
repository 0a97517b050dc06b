"""Requests that are cancelled at any `await`, and what has to be there afterwards.

A request is cancelled after some turns of the event loop or some milliseconds, so at every `await` sooner or later.
"""

import asyncio
import random
from contextlib import AsyncExitStack, suppress

from stead.kit.database import Database
from stead.kit.redis import Redis

CANCELLED = 480  # requests for each service
AT_ONCE = 60
SETTLE = 15.0  # seconds in which what was cancelled has to be cleaned up


async def cancel_many(app, samples, number=CANCELLED):
    chance = random.Random(7)

    async def one(turn):
        method, path, how = samples[turn % len(samples)]()
        task = asyncio.create_task(app.request(method, path, **how))
        if turn % 2:
            await asyncio.sleep(chance.uniform(0, 0.05))
        else:
            for _ in range(chance.randrange(60)):
                await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def lane(turns):
        for turn in turns:
            await one(turn)

    await asyncio.gather(*(lane(range(first, number, AT_ONCE)) for first in range(AT_ONCE)))


async def pools_are_full(parts):
    """Wait until every connection that a pool may have can be taken, all at the same time."""
    await asyncio.wait_for(_take_all(parts), SETTLE)


async def _take_all(parts):
    async with AsyncExitStack() as stack:
        for part in parts:
            if isinstance(part, Database):
                for _ in range(part._size):
                    await stack.enter_async_context(part.connection())
            elif isinstance(part, Redis):
                await asyncio.gather(*(part.execute("PING") for _ in range(4 * part._size)))
                assert part._client.connection_pool._in_use_connections == set()
