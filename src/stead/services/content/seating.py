"""Seating: one event's seats, while its row is locked.

Everything that touches registrations runs inside `locked(...)`: it takes the lock, lets ended offers lapse, and at its
end moves people up and writes the counts. So capacity is always checked after the wait for the lock, and every change
promotes waiting users. Rejected: one statement that counts and inserts, whose snapshot is older than the wait.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow

from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.services.content import rules
from stead.services.content.contract import Promotion
from stead.services.content.rewards import Rewards
from stead.services.content.rules import Seats

QUERIES = Queries.beside(__file__)
Connection = AsyncConnection[DictRow]


@dataclass
class Seating:
    """What is known of a locked event; it changes as the transaction goes on.

    now       the database's clock, read after the lock was taken
    arrivals  how many ever came to this event: the place of the last one
    """

    connection: Connection
    event: UUID
    now: datetime
    starts_at: datetime
    promotion: Promotion
    seats: Seats
    arrivals: int

    @property
    def started(self) -> bool:
        return self.starts_at <= self.now

    async def one(self, query: str, **values: Any) -> DictRow | None:
        return await (await self._run(query, values)).fetchone()

    async def all(self, query: str, **values: Any) -> list[DictRow]:
        return await (await self._run(query, values)).fetchall()

    async def run(self, query: str, **values: Any) -> None:
        await self._run(query, values)

    async def _run(self, query: str, values: dict[str, Any]) -> AsyncCursor[DictRow]:
        return await self.connection.execute(QUERIES[query], {"event": self.event, "now": self.now, **values})


class SeatMap:
    """Opens the seating of any event."""

    def __init__(self, rewards: Rewards, offer: timedelta) -> None:
        self.rewards = rewards
        self._offer = offer

    @asynccontextmanager
    async def locked(self, connection: Connection, event: UUID) -> AsyncIterator[Seating]:
        """Hold one event's seating until the caller's transaction ends; Refusal 404 when there is no such event."""
        seating = await _lock(connection, event)
        lapsed = await seating.all("lapse")
        seating.seats = seating.seats.moved("offered", None, len(lapsed))
        yield seating
        await self._promote(seating)
        await seating.run("save_seats", arrivals=seating.arrivals, **asdict(seating.seats))

    async def _promote(self, seating: Seating) -> None:
        move = rules.promotions(seating.seats, seating.promotion, started=seating.started)
        if move is None:
            return
        offered = move.status == "offered"
        until = min(seating.now + self._offer, seating.starts_at) if offered else None
        points = "none" if offered else self.rewards.first
        moved = await seating.all("promote", number=move.number, status=move.status, until=until, points=points)
        seating.seats = seating.seats.moved("waitlisted", move.status, len(moved))
        if not offered:
            for registration in moved:
                await self.rewards.earned(seating.connection, registration, seating.now)


async def _lock(connection: Connection, event: UUID) -> Seating:
    row = await (await connection.execute(QUERIES["lock_event"], {"event": event})).fetchone()
    if row is None:
        raise unknown_event()
    clock = await (await connection.execute(QUERIES["clock"])).fetchone()
    assert clock is not None
    seats = Seats(row["capacity"], row["registered"], row["offered"], row["waiting"])
    return Seating(connection, event, clock["now"], row["starts_at"], row["promotion"], seats, row["arrivals"])


def unknown_event() -> HttpProblem:
    return HttpProblem(404, "unknown_event", "No such event.")
