"""Registrations: coming, taking an offered seat, going, and asking where one stands."""

from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.services.content.contract import Registration, RegistrationStatus
from stead.services.content.rewards import shown
from stead.services.content.seating import QUERIES, Connection, Seating, SeatMap, unknown_event


class Registrations:
    """The registrations of events. Methods with a connection run inside the caller's transaction."""

    def __init__(self, database: Database, hall: SeatMap) -> None:
        self._database = database
        self._hall = hall

    async def register(self, connection: Connection, event: UUID, user: str) -> tuple[int, Registration]:
        """Return 201 and the new registration, or 200 and the present one; this accepts an offered seat."""
        async with self._hall.locked(connection, event) as seating:
            mine = await seating.one("mine", user=user)
            if mine is not None and mine["status"] != "offered":
                return 200, _registration(mine)
            if seating.started:
                raise HttpProblem(409, "event_started", "The event has started.")
            row = await (self._accept(seating, mine) if mine else self._arrive(seating, user))
            if row["status"] == "registered":
                await self._hall.rewards.earned(connection, row, seating.now)
        return 200 if mine else 201, _registration(row)

    async def cancel(self, connection: Connection, event: UUID, user: str) -> None:
        """End the user's registration, if there is one, and take its points back."""
        async with self._hall.locked(connection, event) as seating:
            mine = await seating.one("mine", user=user)
            if mine is None:
                return
            row = await seating.one("cancel", id=mine["id"])
            assert row is not None
            seating.seats = seating.seats.moved(mine["status"], None)
            await self._hall.rewards.lost(connection, row)

    async def standing(self, event: UUID, user: str) -> RegistrationStatus:
        """Return where the user stands; Refusal 404 when there is no such event, or they are not in it."""
        async with self._database.connection() as connection:
            row = await _mine(connection, event, user)
            if row["status"] != "waitlisted":
                return _standing(row)
            values = {"event": event, "place": row["place"]}
            count = await (await connection.execute(QUERIES["position"], values)).fetchone()
        return _standing(row, count["position"] if count else None)

    async def _arrive(self, seating: Seating, user: str) -> DictRow:
        status = seating.seats.arrival()
        seating.arrivals += 1
        points = self._hall.rewards.first if status == "registered" else "none"
        row = await seating.one("arrive", user=user, place=seating.arrivals, status=status, points=points)
        assert row is not None
        seating.seats = seating.seats.moved(None, status)
        return row

    async def _accept(self, seating: Seating, mine: DictRow) -> DictRow:
        row = await seating.one("seat", id=mine["id"], points=self._hall.rewards.first)
        assert row is not None
        seating.seats = seating.seats.moved("offered", "registered")
        return row


def _registration(row: DictRow) -> Registration:
    return Registration(row["status"], shown(row["points"]))


def _standing(row: DictRow, position: int | None = None) -> RegistrationStatus:
    return RegistrationStatus(row["status"], shown(row["points"]), position, row["offered_until"])


async def _mine(connection: Connection, event: UUID, user: str) -> DictRow:
    row = await (await connection.execute(QUERIES["mine"], {"event": event, "user": user})).fetchone()
    if row is not None:
        return row
    if await (await connection.execute(QUERIES["event"], {"event": event})).fetchone() is None:
        raise unknown_event()
    raise HttpProblem(404, "unknown_registration", "You are neither registered for this event nor on its waiting list.")
