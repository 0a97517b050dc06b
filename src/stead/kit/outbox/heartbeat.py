"""Heartbeat: wakes this service's worker for new messages, proves its liveness, and releases messages of dead workers.

The library uses only heartbeats, so messages of a killed process wait for half a minute. Here a worker also holds a
lock on its own connection, which ends with its process: the next worker takes its messages within two seconds. The same
connection listens, before the first query for work, so that no notification is lost.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from psycopg import AsyncConnection, errors
from psycopg.rows import dict_row

from stead.kit.cleanup import Protected
from stead.kit.database import Connection
from stead.kit.outbox.worker import OutboxWorker
from stead.kit.sql import Queries

EVERY = 1.0  # seconds
FORGET_EVERY = 3600.0

logger = logging.getLogger(__name__)
queries = Queries(Path(__file__).with_name("queries.sql"))


class WorkerLost(Exception):  # noqa: N818 - a state, not a mistake
    """Others took this worker for dead, and may do its work: it has to begin again."""


@asynccontextmanager
async def listening(conninfo: str) -> AsyncIterator[Connection]:
    """Open the connection that is reported every new message from here on."""
    opened = await AsyncConnection.connect(conninfo, autocommit=True, row_factory=dict_row)
    async with Protected(opened) as connection:
        await connection.execute(queries["listen"])
        yield connection


async def heartbeat(connection: Connection, worker: OutboxWorker) -> None:
    """Run until cancelled. Any error means that the worker is unreliable."""
    while worker.worker_id is None:  # noqa: ASYNC110 - the library tells nobody when it has registered
        await asyncio.sleep(0.002)
    about = {"worker": worker.worker_id}
    await connection.execute(queries["hold"], about)
    suspect: set[int] = set()
    forgotten = float("-inf")
    while True:
        if (await connection.execute(queries["beat"], about)).rowcount == 0:
            raise WorkerLost
        if await _recover_messages(connection):
            worker.wake()
        suspect = await _requeue_lost(connection, worker, suspect)
        now = asyncio.get_running_loop().time()
        if now - forgotten > FORGET_EVERY:
            await connection.execute(queries["forget"])
            forgotten = now
        async for _ in connection.notifies(timeout=EVERY):
            worker.wake()


async def _recover_messages(connection: Connection) -> bool:
    async with Protected(connection.transaction()):
        turn = await (await connection.execute(queries["rescue_turn"])).fetchone()
        if turn is None or not turn["mine"]:
            return False
        rescued = (await connection.execute(queries["rescue"])).rowcount
    if rescued:
        logger.warning("recovered the messages of a dead worker", extra={"count": rescued})
    return rescued > 0


async def _requeue_lost(connection: Connection, worker: OutboxWorker, suspects: set[int]) -> set[int]:
    """Release messages without a worker, whose outcome could not be written. Return suspects for the next call.

    A message that was just fetched looks the same, so a message counts only when seen twice.
    """
    rows = await (await connection.execute(queries["running_ids"], {"worker": worker.worker_id})).fetchall()
    suspect = {row["id"] for row in rows} - worker.running_ids
    for lost in suspect & suspects:
        with suppress(errors.RaiseException):  # its outcome was written after all
            await connection.execute(queries["give_back"], {"id": lost})
    return suspect - suspects
