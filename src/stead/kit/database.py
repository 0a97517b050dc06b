"""Database: a PostgreSQL pool that is opened with the service, and says so when there is no database.

`open()` does not wait for a database that is not there: the service answers /livez and /health meanwhile, refuses what
needs data with 503, and becomes ready by itself when the database has come. Waiting in `open()` was the other way; then
an orchestrator kills a service for an outage that is not its own.
"""

import asyncio
import logging
import select
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from random import uniform
from typing import TypeVar

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from stead.kit import migrations as schema
from stead.kit.http_problem import HttpProblem
from stead.kit.migrations import Migrations
from stead.model import SteadError

Connection = AsyncConnection[DictRow]
T = TypeVar("T")

# Milliseconds. A request is given up after ten seconds, so a statement that takes longer works for nobody.
LIMITS = "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=20000"
NETWORK = {"connect_timeout": 3, "keepalives_idle": 30, "keepalives_interval": 5, "tcp_user_timeout": 15_000}
GRACE = 5.0  # seconds that open() waits for migrations before it lets them go on by themselves
WAIT = 1.0  # seconds that a request waits for a free connection: half of what it has
RETRY_AFTER = "1"
AGAIN = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)
ATTEMPTS = 5

logger = logging.getLogger(__name__)


class Database:
    """A pool of at most `size` connections: autocommit, rows as dicts, handed out once the migrations are applied."""

    name = "database"

    def __init__(self, url: str, *, migrations: Sequence[Migrations] = (), size: int = 8) -> None:
        self.conninfo = _conninfo(url)
        self._migrations = tuple(migrations)
        self._size = size
        self._pool: AsyncConnectionPool[Connection] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._problem: Exception | None = None

    async def open(self) -> None:
        """Begin; return when ready, or when there is no database to be ready with.

        Raises MigrationError when the database must not be used.
        """
        told = asyncio.Event()
        self._opening = asyncio.create_task(self._prepare(told), name="open-database")
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await told.wait()
        if self._opening.done():
            await self._opening

    async def close(self) -> None:
        opening, self._opening = self._opening, None
        if opening:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        pool, self._pool = self._pool, None
        if pool:
            await pool.close()

    async def check(self) -> None:
        async with self.connection() as connection, asyncio.timeout(WAIT):
            await connection.execute("SELECT 1")

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Hand out a connection for single statements: each commits by itself."""
        pool = self._pool
        if pool is None:
            raise _unavailable(self._problem)
        connection = await _take(pool)
        try:
            yield connection
        except psycopg.OperationalError as error:
            if _is_outage(error):
                raise _unavailable(error) from error
            raise
        finally:
            await pool.putconn(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Hand out a connection in a transaction: committed at the end, rolled back by any exception."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do `work` in a transaction, again when PostgreSQL says that only the moment was wrong.

        That is a serialization failure, a deadlock or a lock not had in time, and nothing else: after a lost connection
        nobody knows whether the commit happened, so that is for the caller's key to settle.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.transaction() as connection:
                    return await work(connection)
            except AGAIN as error:
                if attempt == ATTEMPTS:
                    raise _busy() from error
                await asyncio.sleep(uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    async def _prepare(self, told: asyncio.Event) -> None:
        """Apply the migrations and open the pool; try for as long as the database cannot be reached."""
        delay = 0.05
        try:
            while True:
                try:
                    await schema.apply(self.conninfo, self._migrations)
                    break
                except psycopg.OperationalError as error:
                    self._note(error)
                    told.set()
                await asyncio.sleep(delay * uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
                delay = min(delay * 2, 1.0)
            self._pool = await self._opened()
        except Exception as error:
            self._problem = error
            logger.critical("the database cannot be used", extra={"error": str(error)})
            raise
        finally:
            told.set()

    def _note(self, error: Exception) -> None:
        if str(error) != str(self._problem):
            logger.warning("no database yet; trying again until it is there", extra={"error": str(error)})
        self._problem = error

    async def _opened(self) -> AsyncConnectionPool[Connection]:
        pool = AsyncConnectionPool(
            self.conninfo,
            connection_class=AsyncConnection[DictRow],
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=self._size,
            timeout=WAIT,
            max_waiting=50 * self._size,  # more would only time out
            reconnect_timeout=WAIT,  # then the next request tries afresh, rather than a long back-off
            open=False,
        )
        await pool.open()
        return pool


async def _take(pool: AsyncConnectionPool[Connection]) -> Connection:
    """Take a connection that lives; what a restart of the server has broken is thrown away here, at no round trip."""
    try:
        while True:
            connection = await pool.getconn()
            if not _hung_up(connection):
                return connection
            await connection.close()
            await pool.putconn(connection)
    except (PoolTimeout, TooManyRequests, PoolClosed) as error:
        raise _unavailable(error) from error


def _hung_up(connection: Connection) -> bool:
    """Tell whether the server has said something to an idle connection: it never does, but to end it."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _conninfo(url: str) -> str:
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        # The library's own text quotes what it could not read, the password in it.
        raise SteadError(
            "The database URL cannot be read; it has the form postgresql://user:password@host/name"
        ) from None
    options = f"{LIMITS} {given.pop('options', None) or ''}".strip()
    limits = {name: str(value) for name, value in {**NETWORK, **given, "options": options}.items() if value is not None}
    return make_conninfo(**limits)


def _is_outage(error: psycopg.OperationalError) -> bool:
    state = error.sqlstate or "08"  # without a state it is the connection that failed
    return state[:2] in ("08", "53") or state in ("57P01", "57P02", "57P03")


def _unavailable(error: Exception | None) -> HttpProblem:
    logger.warning("the database is not available", extra={"error": str(error) if error else "not open"})
    return HttpProblem(
        503, "database_unavailable", "The database cannot be reached now.", headers={"Retry-After": RETRY_AFTER}
    )


def _busy() -> HttpProblem:
    return HttpProblem(503, "database_busy", "Too many want the same rows now.", headers={"Retry-After": RETRY_AFTER})
