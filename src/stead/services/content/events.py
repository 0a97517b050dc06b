"""Events: announced and changed by editors, read by anyone."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import msgspec
from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.services.content.contract import Event, EventChange, EventDraft, Events
from stead.services.content.page import FIRST_ID, AfterEvent, written
from stead.services.content.seating import QUERIES, Connection, Seating, SeatMap, unknown_event


class EventStore:
    """All events. The methods that take a connection run inside the caller's transaction."""

    def __init__(self, database: Database, hall: SeatMap) -> None:
        self._database = database
        self._hall = hall

    async def page(self, limit: int, after: AfterEvent | None) -> Events:
        """Return events to come, soonest first, and then the past ones, latest first."""
        async with self._database.connection() as connection:
            place = after or await _beginning(connection)
            rows = await _upcoming(connection, place, limit + 1)
            if len(rows) <= limit:
                rows += await _past(connection, place, limit + 1 - len(rows))
        found = [_event(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return Events(found)
        return Events(found, written(AfterEvent(place.seen, found[-1].starts_at, found[-1].id)))

    async def read(self, event: UUID) -> Event:
        """Return one event; Refusal 404 when there is none."""
        async with self._database.connection() as connection:
            return await _read(connection, event)

    async def announce(self, connection: Connection, draft: EventDraft, user: str) -> Event:
        """Create an event from a draft."""
        values = msgspec.structs.asdict(draft) | {"user": user}
        row = await (await connection.execute(QUERIES["add_event"], values)).fetchone()
        assert row is not None
        return _event(row)

    async def change(self, connection: Connection, event: UUID, change: EventChange) -> Event:
        """Change the given fields, and promote waiting users to freed seats.

        Refusal 409 when the new capacity has no room for the seats that are registered or promised: who loses a seat is
        not for a service to draw.
        """
        changes = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
        async with self._hall.locked(connection, event) as seating:
            _apply(seating, changes)
            now = msgspec.structs.asdict(await _read(connection, event)) | changes
            await seating.run("change_event", **now)
        return await _read(connection, event)


def _apply(seating: Seating, changes: Mapping[str, object]) -> None:
    capacity = changes.get("capacity", seating.seats.capacity)
    assert isinstance(capacity, int)
    if not seating.seats.fits(capacity):
        taken = seating.seats.taken
        raise HttpProblem(409, "capacity_taken", f"{taken} seats are taken or promised already.", taken=taken)
    seating.seats = replace(seating.seats, capacity=capacity)
    for name in ("starts_at", "promotion"):
        setattr(seating, name, changes.get(name, getattr(seating, name)))


async def _beginning(connection: Connection) -> AfterEvent:
    row = await (await connection.execute(QUERIES["clock"])).fetchone()
    assert row is not None
    return AfterEvent(row["now"], row["now"], FIRST_ID)


async def _upcoming(connection: Connection, place: AfterEvent, limit: int) -> list[DictRow]:
    if place.past:
        return []
    values = {"seen": place.seen, "starts_at": place.starts_at, "id": place.id, "limit": limit}
    return await (await connection.execute(QUERIES["events_to_come"], values)).fetchall()


async def _past(connection: Connection, place: AfterEvent, limit: int) -> list[DictRow]:
    starts_at, last = (place.starts_at, place.id) if place.past else (place.seen, FIRST_ID)
    values = {"seen": place.seen, "starts_at": starts_at, "id": last, "limit": limit}
    return await (await connection.execute(QUERIES["events_past"], values)).fetchall()


async def _read(connection: Connection, event: UUID) -> Event:
    row = await (await connection.execute(QUERIES["event"], {"event": event})).fetchone()
    if row is None:
        raise unknown_event()
    return _event(row)


def _event(row: DictRow) -> Event:
    return Event(
        id=row["id"],
        title=row["title"],
        description=row["description"],
        starts_at=row["starts_at"],
        capacity=row["capacity"],
        registered=row["registered"],
        waitlisted=row["waiting"] + row["offered"],
        promotion=row["promotion"],
    )
