"""Sweep: passes ended offers on when nobody comes by to notice.

Every change to an event lets its ended offers lapse anyway; this is for the event that nobody touches. Several replicas
may sweep at once: each event is taken under its own lock.
"""

import asyncio
import logging
from contextlib import suppress
from functools import partial
from uuid import UUID

import psycopg

from stead.kit.database import Database
from stead.kit.refusal import Refusal
from stead.services.content.seating import QUERIES, Connection, Hall

EVERY = 15.0  # seconds; by so much an offer may outlast its end

logger = logging.getLogger(__name__)


class Sweep:
    """A part of the service that looks for ended offers now and then."""

    name = "sweep"

    def __init__(self, database: Database, hall: Hall, every: float = EVERY) -> None:
        self._database = database
        self._hall = hall
        self._every = every
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._keep_on(), name="sweep-offers")

    async def close(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def check(self) -> None:
        if self._task is None or self._task.done():
            raise RuntimeError("the sweep of ended offers does not run")

    async def once(self) -> int:
        """Pass on the ended offers of all events, and return how many events that were."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["events_with_ended_offers"])).fetchall()
        for row in rows:
            await self._database.run(partial(self._touch, row["event_id"]))
        return len(rows)

    async def _touch(self, event: UUID, connection: Connection) -> None:
        async with self._hall.locked(connection, event):
            pass  # taking the lock lets offers lapse, giving it back moves people up

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.once()
            except (psycopg.Error, Refusal) as error:  # a Refusal: there is no database now
                logger.warning("the sweep of ended offers will try again", extra={"error": str(error)})
