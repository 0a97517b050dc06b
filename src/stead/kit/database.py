"""Database: a PostgreSQL pool that is opened with the service, and reports a missing database.

`open()` does not wait for an unavailable database: meanwhile the service answers /livez and /health, refuses requests
that need data with 503, and becomes ready when the database is. Rejected: waiting in `open()`, with which an
orchestrator kills services during an outage of the database.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from random import uniform
from typing import TypeVar

import psycopg
from prometheus_client.core import GaugeMetricFamily, Metric
from psycopg import AsyncCursor, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from stead.kit import migrations as schema
from stead.kit.cleanup import Protected, finish
from stead.kit.http_problem import HttpProblem
from stead.kit.live_setting import LiveSetting
from stead.kit.migrations import Migrations
from stead.kit.pool import WAIT, Connection, Pool, PoolBusy
from stead.kit.query_cursor import query_cursor
from stead.kit.spans import Export
from stead.model import SteadError
from stead.model.environment_value import given

__all__ = ["AGAIN", "ATTEMPTS", "Connection", "Database"]

T = TypeVar("T")

# Milliseconds. A request is given up after ten seconds, so a statement that takes longer works for nobody.
LIMITS = "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=20000"
NETWORK = {"connect_timeout": 3, "keepalives_idle": 30, "keepalives_interval": 5, "tcp_user_timeout": 15_000}
DATABASE_URL = "DATABASE_URL"
GRACE = 5.0  # seconds that open() waits for migrations before it lets them go on by themselves
RETRY_AFTER = "1"
OVERLOADED = "Too many requests wait for the database."
AGAIN = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)
ATTEMPTS = 5
# Classes and codes of SQLSTATE: connection, resources (disk full), system error, shutdown and start, a session that was
# ended for being idle, a server that has become read-only.
OUTAGE = ("08", "53", "58", "57P", "25P03", "25006")

logger = logging.getLogger(__name__)


class Database:
    """A pool of at most `size` connections: autocommit, rows as dicts, available after the migrations are applied."""

    name = "database"

    def __init__(self, url: str, *, migrations: Sequence[Migrations] = (), size: int = 8) -> None:
        self._conninfo = _conninfo(url)
        self._live = LiveSetting(DATABASE_URL, url) if url == given(os.environ, DATABASE_URL) else None
        self._migrations = tuple(migrations)
        self._size = size
        self.export: Export | None = None
        self._pool: Pool | None = None
        self._opening: asyncio.Task[None] | None = None
        self._problem: Exception | None = None

    def collect(self) -> Iterator[Metric]:
        """Yield the metric families of the pool, for `/metrics`; without a pool yet, nothing is in use."""
        pool = self._pool
        yield GaugeMetricFamily("database_pool_size", "Most connections of the pool.", self._size)
        yield GaugeMetricFamily("database_pool_used", "Connections in use.", pool.used if pool else 0)
        waiting = pool.waiting if pool else 0
        yield GaugeMetricFamily("database_pool_waiting", "Requests that wait for a connection.", waiting)

    @property
    def conninfo(self) -> str:
        """The connection string; it is read again after a rotation of the password."""
        if self._live and self._live.changed():
            self._conninfo = _conninfo(self._live.text)
        return self._conninfo

    async def current(self) -> str:
        """Return `conninfo` for each new connection of the pool."""
        return self.conninfo

    async def open(self) -> None:
        """Begin; return when ready, or when there is no database to be ready with.

        Raises MigrationError when the database must not be used.
        """
        opened = asyncio.Event()
        self._opening = asyncio.create_task(self._prepare(opened), name="open-database")
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await opened.wait()
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

    def stuck(self) -> str:
        """Return why no request can get a connection any more; nothing otherwise."""
        return self._pool.stuck() if self._pool else ""

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Hand out a connection for single statements: each commits by itself."""
        pool = self._pool
        if pool is None:
            raise _unavailable(self._problem)
        connection = await _take(pool)
        try:
            yield connection
        except psycopg.Error as error:
            if refusal := _meaning(error):
                raise refusal from error
            raise
        finally:
            await finish(pool.give_back(connection))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Hand out a connection in a transaction: committed at the end, rolled back by any exception."""
        async with self.connection() as connection, Protected(connection.transaction()):
            yield connection

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work` in a transaction; repeat it after a transient error.

        Transient errors are a serialization failure, a deadlock and a lock timeout. After a lost connection the outcome
        of the commit is unknown: the caller's idempotency key resolves that.
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

    async def _prepare(self, opened: asyncio.Event) -> None:
        """Apply the migrations and open the pool; try for as long as the database cannot be reached."""
        delay = 0.05
        try:
            while True:
                try:
                    await schema.apply(self.conninfo, self._migrations)
                    break
                except psycopg.OperationalError as error:
                    self._note(error)
                    opened.set()
                await asyncio.sleep(delay * uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
                delay = min(delay * 2, 1.0)
            self._pool = await self._opened()
        except Exception as error:
            self._problem = error
            logger.critical("the database cannot be used", extra={"error": str(error)})
            raise
        finally:
            opened.set()

    def _note(self, error: Exception) -> None:
        if str(error) != str(self._problem):
            logger.warning("the database is not available yet; retrying until it is", extra={"error": str(error)})
        self._problem = error

    async def _opened(self) -> Pool:
        pool = Pool(self.current, self._size, query_cursor(self.export) if self.export else AsyncCursor)
        await pool.open()
        return pool


async def _take(pool: Pool) -> Connection:
    try:
        return await pool.take()
    except PoolBusy:
        raise _busy(OVERLOADED) from None
    except PoolTimeout as error:
        raise (_busy(OVERLOADED) if pool.used == pool.size else _unavailable(error)) from error
    except (TooManyRequests, PoolClosed) as error:
        raise _unavailable(error) from error


def _conninfo(url: str) -> str:
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        # The library's own text quotes what it could not read, the password in it.
        raise SteadError("The database URL is malformed; expected postgresql://user:password@host/name") from None
    options = f"{LIMITS} {given.pop('options', None) or ''}".strip()
    limits = {name: str(value) for name, value in {**NETWORK, **given, "options": options}.items() if value is not None}
    return make_conninfo(**limits)


def _meaning(error: psycopg.Error) -> HttpProblem | None:
    """Return the error response for a failure of the database, not of the work."""
    if isinstance(error, errors.QueryCanceled):
        return _busy("The database did not answer in time.")
    if error.sqlstate is None:  # it comes from the connection, not from the server
        return _unavailable(error) if isinstance(error, psycopg.OperationalError) else None
    return _unavailable(error) if error.sqlstate.startswith(OUTAGE) else None


def _unavailable(error: Exception | None) -> HttpProblem:
    logger.warning("the database is not available", extra={"error": str(error) if error else "not open"})
    return HttpProblem(
        503, "database_unavailable", "The database cannot be reached now.", headers={"Retry-After": RETRY_AFTER}
    )


def _busy(detail: str = "Too many requests want the same rows now.") -> HttpProblem:
    return HttpProblem(503, "database_busy", detail, headers={"Retry-After": RETRY_AFTER})
