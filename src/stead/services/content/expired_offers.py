"""The sweep of expired offers, which offers their seats to the next users.

Every change to an event lets its ended offers lapse anyway; this is for the event that nobody touches. Several replicas
may sweep at once: each event is taken under its own lock.
"""

from functools import partial
from uuid import UUID

from stead.kit.database import Database
from stead.kit.periodic_task import PeriodicTask
from stead.services.content.seating import QUERIES, Connection, SeatMap

EVERY = 15.0  # seconds; an offer may last this much longer than its end


class EndedOffers:
    """The offers whose time is over, of all events."""

    def __init__(self, database: Database, hall: SeatMap) -> None:
        self._database = database
        self._hall = hall

    async def pass_on(self) -> int:
        """Pass them on, and return of how many events there were some."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["events_with_ended_offers"])).fetchall()
        for row in rows:
            await self._database.run(partial(self._touch, row["event_id"]))
        return len(rows)

    async def _touch(self, event: UUID, connection: Connection) -> None:
        async with self._hall.locked(connection, event):
            pass  # taking the lock expires offers, releasing it moves people up


def sweep(database: Database, hall: SeatMap) -> PeriodicTask:
    return PeriodicTask("ended offers", EndedOffers(database, hall).pass_on, EVERY)
