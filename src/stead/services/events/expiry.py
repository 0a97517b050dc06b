"""Expiry: end due holds, offers and events, and remind users of an event.

Every change to an event ends them anyway; this is for the event that nobody touches. Several replicas may search at
once: each event is taken under its own lock.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from stead.kit.database import Connection, Database
from stead.kit.periodic_task import PeriodicTask
from stead.services.events.catalogue import Catalogue
from stead.services.events.inventory import QUERIES


class Expiry:
    """The times that are over, of all events."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def run(self) -> int:
        """Return how many events had something to end."""
        ended = await self._each("events_with_ended_times", "event_id", self._catalogue.touch)
        await self._each("events_to_remind_of", "id", self._catalogue.remind)
        return ended + await self._each("events_over", "id", self._catalogue.finish)

    async def _each(self, query: str, column: str, work: Callable[[UUID, Connection], Awaitable[None]]) -> int:
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES[query])).fetchall()
        for row in rows:
            await self._database.run(partial(work, row[column]))
        return len(rows)


def periodic(database: Database, catalogue: Catalogue, every: float) -> PeriodicTask:
    return PeriodicTask("ended holds", Expiry(database, catalogue).run, every)
