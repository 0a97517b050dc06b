"""Inventory: one event's seats, while its row is locked.

Everything that touches bookings runs inside `locked(...)`: it takes the lock, ends the holds and offers whose time is
over, and at its end offers free seats to those who wait and writes the counts. So capacity is checked after the wait
for the lock, and every change offers freed seats.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import DictRow

from stead.kit.database import Connection
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.services.events.messages import Messages
from stead.services.events.rules import Seats

QUERIES = Queries.beside(__file__)
SYSTEM = "system"  # the actor of an action that no user took


@dataclass
class LockedEvent:
    """A locked event; it changes as the transaction goes on. `now` is the database's clock, read after the lock."""

    connection: Connection
    row: DictRow
    now: datetime
    seats: Seats
    arrivals: int
    status: str
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        event: UUID = self.row["id"]
        return event

    @property
    def open(self) -> bool:
        """Return whether seats can be booked."""
        return self.status == "published" and self.row["starts_at"] > self.now

    async def one(self, query: str, **values: Any) -> DictRow | None:
        return await (await self._run(query, values)).fetchone()

    async def row_of(self, query: str, **values: Any) -> DictRow:
        row = await self.one(query, **values)
        assert row is not None  # the statement names a row that this transaction has locked
        return row

    async def all(self, query: str, **values: Any) -> list[DictRow]:
        return await (await self._run(query, values)).fetchall()

    async def run(self, query: str, **values: Any) -> None:
        await self._run(query, values)

    def note(self, actor: str, action: str, booking: UUID | None = None) -> None:
        """Write the audit log, at the end of the transaction."""
        self.notes.append({"event": self.id, "now": self.now, "actor": actor, "action": action, "booking": booking})

    async def move(self, booking: DictRow, status: str, **values: Any) -> DictRow:
        """Give a booking another status, and count it there."""
        row = await self.row_of("move", id=booking["id"], status=status, **({"until": None, "reason": None} | values))
        self.seats = self.seats.moved(booking["status"], status)
        return row

    async def _run(self, query: str, values: dict[str, Any]) -> AsyncCursor[DictRow]:
        return await self.connection.execute(QUERIES[query], {"event": self.row["id"], "now": self.now, **values})


class Inventory:
    """Locks the seats of any event. `hold` and `offer` say how long a seat waits for its user."""

    def __init__(self, messages: Messages, *, hold: timedelta, offer: timedelta) -> None:
        self.messages = messages
        self._hold = hold
        self._offer = offer

    @asynccontextmanager
    async def locked(self, connection: Connection, event: UUID) -> AsyncIterator[LockedEvent]:
        """Hold one event's seats until the caller's transaction ends; HttpProblem 404 when there is no such event."""
        locked = await _lock(connection, event)
        await self._expire_bookings(locked)
        yield locked
        await self._offer_seats(locked)
        if locked.notes:
            await connection.cursor().executemany(QUERIES["note"], locked.notes)
        await locked.run("save_event", status=locked.status, arrivals=locked.arrivals, **asdict(locked.seats))

    def hold_until(self, locked: LockedEvent) -> datetime:
        return min(locked.now + self._hold, self._starts(locked))

    def _starts(self, locked: LockedEvent) -> datetime:
        starts_at: datetime = locked.row["starts_at"]
        return starts_at

    async def _expire_bookings(self, locked: LockedEvent) -> None:
        for booking in await locked.all("lapse"):
            locked.seats = locked.seats.moved(booking["reason"], None)
            locked.note(SYSTEM, "expired", booking["id"])
            await self.messages.notify(locked.connection, "booking_expired", booking, locked.row["title"])

    async def _offer_seats(self, locked: LockedEvent) -> None:
        if not locked.open or not locked.seats.offers:
            return
        until = min(locked.now + self._offer, self._starts(locked))
        for booking in await locked.all("offer", number=locked.seats.offers, until=until):
            locked.seats = locked.seats.moved("waiting", "offered")
            locked.note(SYSTEM, "offered", booking["id"])
            await self.messages.notify(locked.connection, "seat_offered", booking, locked.row["title"])


async def _lock(connection: Connection, event: UUID) -> LockedEvent:
    row = await (await connection.execute(QUERIES["lock_event"], {"event": event})).fetchone()
    if row is None:
        raise unknown_event()
    clock = await (await connection.execute(QUERIES["clock"])).fetchone()
    assert clock is not None
    seats = Seats(row["capacity"], row["pending"], row["confirmed"], row["offered"], row["waiting"])
    return LockedEvent(connection, row, clock["now"], seats, row["arrivals"], row["status"])


def unknown_event() -> HttpProblem:
    return HttpProblem(404, "unknown_event", "No such event.")
