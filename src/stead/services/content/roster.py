"""The roster: an event's people as an editor sees them, and promotion by hand."""

from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.services.content.contract import Attendee, Attendees
from stead.services.content.rewards import shown
from stead.services.content.seating import QUERIES, Connection, Seating, SeatMap, unknown_event


class Roster:
    """The roster of events."""

    def __init__(self, database: Database, hall: SeatMap) -> None:
        self._database = database
        self._hall = hall

    async def page(self, event: UUID, limit: int, after: int) -> Attendees:
        """Return people in the order of coming; Refusal 404 when there is no such event."""
        values = {"event": event, "after": after, "limit": limit + 1}
        async with self._database.connection() as connection:
            if await (await connection.execute(QUERIES["event"], values)).fetchone() is None:
                raise unknown_event()
            rows = await (await connection.execute(QUERIES["attendees"], values)).fetchall()
        more = len(rows) > limit
        return Attendees([_attendee(row) for row in rows[:limit]], str(rows[limit - 1]["place"]) if more else None)

    async def promote(self, connection: Connection, event: UUID, user: str | None) -> Attendee:
        """Give a free seat to the first in line or to a named user; users with a seat keep it.

        Refusal 404 when they are not in line, 409 when no seat is free or the event has started.
        """
        async with self._hall.locked(connection, event) as seating:
            row = await (seating.one("mine", user=user) if user else seating.one("first_in_line"))
            if row is None:
                raise HttpProblem(404, "unknown_registration", "The user is not waiting, or the list is empty.")
            if row["status"] != "registered":
                row = await self._seat(seating, row)
        return _attendee(row)

    async def _seat(self, seating: Seating, row: DictRow) -> DictRow:
        if seating.started:
            raise HttpProblem(409, "event_started", "The event has started.")
        if row["status"] == "waitlisted" and seating.seats.free <= 0:
            raise HttpProblem(409, "no_free_seat", "No seat is free.")
        seated = await seating.one("seat", id=row["id"], points=self._hall.rewards.first)
        assert seated is not None
        seating.seats = seating.seats.moved(row["status"], "registered")
        await self._hall.rewards.earned(seating.connection, seated, seating.now)
        return seated


def _attendee(row: DictRow) -> Attendee:
    return Attendee(row["user_id"], row["status"], row["created_at"], shown(row["points"]))
