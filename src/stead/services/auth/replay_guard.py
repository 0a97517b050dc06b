"""Replay guard: a record of accepted initData, so that a copy is refused.

It is accepted once per caller: after a check by one API, another service can still sign in with it. The same caller may
repeat it with the same Idempotency-Key, after a lost response.

Where there is a store, all replicas of the service share it: PostgreSQL, which is there with Clerk, or a Redis that the
description gives. Otherwise each process has its own record, and n replicas accept a copy at most n times, while the
initData is valid. An unavailable store gives 503.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from stead.kit.database import Connection, Database
from stead.kit.redis import Redis
from stead.kit.sql import Queries

logger = logging.getLogger(__name__)
SQL = Queries.beside(__file__)
WARNING_SECONDS = 60.0
MOST = 100_000  # entries that one process keeps: with the usual age, 28 sign-ins a second


@dataclass(frozen=True, slots=True)
class Use:
    """One use of initData. `until` is its expiry, in seconds since 1970."""

    caller: str
    once: bytes
    key: str | None
    until: float


class ReplayGuard(Protocol):
    async def take(self, use: Use) -> bool:
        """Accept initData; False when this caller has used it before, with another key or none."""


class MemoryReplayGuard:
    """A record in this process. When it is full, the oldest entry is removed, with a log line."""

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = time.time) -> None:
        self._taken: OrderedDict[tuple[str, bytes], Use] = OrderedDict()
        self._most, self._clock = most, clock
        self._said_at = float("-inf")

    async def take(self, use: Use) -> bool:
        self._forget()
        first = self._taken.setdefault((use.caller, use.once), use)
        self._make_room()
        return first is use or (use.key is not None and first.key == use.key)

    def _forget(self) -> None:
        """Remove expired entries; the order of arrival is nearly that of expiry."""
        now = self._clock()
        while self._taken and next(iter(self._taken.values())).until < now:
            self._taken.popitem(last=False)

    def _make_room(self) -> None:
        if len(self._taken) <= self._most:
            return
        self._taken.popitem(last=False)
        if self._clock() - self._said_at > WARNING_SECONDS:
            self._said_at = self._clock()
            logger.warning("the replay guard forgets initData that is still valid", extra={"most": self._most})


class PostgresReplayGuard:
    """Remembered in the service's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, use: Use) -> bool:
        values = {"caller": use.caller, "once": use.once, "key": use.key, "until": use.until}

        async def work(connection: Connection) -> bool:
            taken = await (await connection.execute(SQL["take_init_data"], values)).fetchone()
            await connection.execute(SQL["forget_old_init_data"])
            return taken is not None

        return await self._database.run(work)


class RedisReplayGuard:
    """Remembered in a Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def take(self, use: Use) -> bool:
        name = self._redis.key("taken", use.caller, use.once.hex())
        key = use.key or ""
        life = max(1, int(use.until - time.time()) + 1)
        if await self._redis.execute("SET", name, key, "NX", "EX", life):
            return True
        return bool(key) and await self._redis.execute("GET", name) == key.encode()
