"""Pool: connections to PostgreSQL that are always released, with a bounded queue.

A request waits for a connection for at most a second, and is refused immediately when the queue is full. Rejected: a
short queue; measured with clients that retry immediately, the refusals occupied the event loop, and of 500 requests 3
were answered; waiting requests cost nothing.
"""

import asyncio
import logging
import select
from collections.abc import Awaitable, Callable
from time import monotonic

import psycopg
from psycopg import AsyncConnection, AsyncCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from stead.kit.cleanup import finish

Connection = AsyncConnection[DictRow]

WAIT = 1.0  # seconds that a request waits for a free connection: half of what it has
QUEUE = 50  # requests that may wait for each connection; more would only time out
RESET = 2.0  # seconds for the rollback of a connection that comes back in a transaction
STUCK = 30.0  # seconds without a connection given or returned; longer than any statement is allowed to take

logger = logging.getLogger(__name__)


class PoolBusy(Exception):  # noqa: N818 - a state, not a mistake
    """The queue for a connection is full."""


class Pool:
    """At most `size` connections: autocommit, rows as dicts. Raises the errors of psycopg_pool, and PoolBusy."""

    def __init__(
        self, conninfo: Callable[[], Awaitable[str]] | str, size: int, cursor: type[AsyncCursor[DictRow]] = AsyncCursor
    ) -> None:
        self.size = size
        self._used: set[Connection] = set()
        self._waiting = 0
        self._moved = self._refused = monotonic()
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            conninfo,
            connection_class=AsyncConnection[DictRow],
            kwargs={"autocommit": True, "row_factory": dict_row, "cursor_factory": cursor},
            min_size=1,
            max_size=size,
            timeout=WAIT,
            reconnect_timeout=WAIT,  # then the next request tries at once, rather than after a long back-off
            open=False,
        )

    @property
    def used(self) -> int:
        """How many connections are given out."""
        return len(self._used)

    @property
    def waiting(self) -> int:
        """How many requests wait for a connection."""
        return self._waiting

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await finish(self._pool.close())

    async def take(self) -> Connection:
        """Return a live connection; discard broken ones after a restart of the server, without a round trip."""
        if self._waiting >= QUEUE * self.size:
            self._refused = monotonic()
            raise PoolBusy
        self._waiting += 1
        try:
            while _closed_by_server(connection := await self._pool.getconn()):
                await finish(self._discard(connection))
        except psycopg.OperationalError:
            self._refused = monotonic()
            raise
        finally:
            self._waiting -= 1
        self._used.add(connection)
        self._moved = monotonic()
        return connection

    async def give_back(self, connection: Connection) -> None:
        """Return a connection to the pool; it must not be cancelled, and ends within seconds."""
        try:
            if connection.pgconn.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN):
                await _reset(connection)
            await self._pool.putconn(connection)
        finally:
            self._moved = monotonic()
            self._used.discard(connection)

    def stuck(self) -> str:
        """Return why no connection is available any more; nothing otherwise.

        An unavailable database does not count: then no connection is in use.
        """
        idle = monotonic() - self._moved
        if len(self._used) < self.size or idle < STUCK or self._refused <= self._moved:
            return ""
        return f"all {self.size} connections of the pool have been in use for {idle:.0f} s"

    async def _discard(self, connection: Connection) -> None:
        await connection.close()
        await self._pool.putconn(connection)


async def _reset(connection: Connection) -> None:
    """Roll back; close the connection when that cannot be done in time, so that the pool replaces it."""
    try:
        async with asyncio.timeout(RESET):
            await connection.rollback()
    except (psycopg.Error, TimeoutError) as error:
        logger.warning("a connection is discarded", extra={"error": f"{type(error).__name__}: {error}"})
        await connection.close()


def _closed_by_server(connection: Connection) -> bool:
    """Return whether an idle connection has input: the server sends some only to close it."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
