"""Listing: pages of events, bookings and the audit log, read outside any transaction.

`after` is opaque to the reader: the key of a page's last row. Page numbers, the rejected option, show a row twice or
never when one is added meanwhile.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.user import User
from stead.services.events.bookings import booking_of, check_owner, own_booking
from stead.services.events.catalogue import event_of, event_row, organizer_of
from stead.services.events.contract import (
    AuditEntries,
    AuditEntry,
    Booking,
    Bookings,
    Event,
    Events,
    Moment,
    Organizer,
    Organizers,
)
from stead.services.events.inventory import QUERIES, unknown_event
from stead.services.events.rules import is_slug


class Cursor(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A time and an id: the key of a row in a list by time."""

    at: Moment
    id: UUID


FIRST = Cursor(datetime(2000, 1, 1, tzinfo=UTC), UUID(int=0))
EXPORT_PAGE = 1000  # rows
LAST = Cursor(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=0))


class Listing:
    """What can be read of events and bookings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def organizer(self, slug: str) -> Organizer:
        return organizer_of(await self.organizer_row(slug))

    async def organizer_row(self, slug: str) -> DictRow:
        rows: list[DictRow] = []
        if is_slug(slug):
            async with self._database.connection() as connection:
                rows = await _rows(connection, "organizer", slug=slug)
        if not rows:
            raise HttpProblem(404, "unknown_organizer", "No such organizer.")
        return rows[0]

    async def organizers(self, limit: int, after: str) -> Organizers:
        async with self._database.connection() as connection:
            rows = await _rows(connection, "organizers", after=after, limit=limit + 1)
        more = rows[limit - 1]["slug"] if len(rows) > limit else None
        return Organizers([organizer_of(row) for row in rows[:limit]], more)

    async def events(self, limit: int, after: str | None, organizer: str | None) -> Events:
        """Return published events to come, soonest first."""
        place = _cursor(after, FIRST)
        values = {"starts_at": place.at, "id": place.id, "organizer": organizer, "limit": limit + 1}
        async with self._database.connection() as connection:
            rows = await _rows(connection, "events", **values)
        more = _next(rows, limit, "starts_at")
        return Events([event_of(row) for row in rows[:limit]], more)

    async def event(self, event: UUID) -> Event:
        """Return an event; a draft is 404 for the public."""
        async with self._database.connection() as connection:
            row = await event_row(connection, event)
        if row["status"] == "draft":
            raise unknown_event()
        return event_of(row)

    async def favourites(self, user: str, limit: int, after: str | None) -> Events:
        """Return a user's favourites, soonest first, those that are over as well."""
        place = _cursor(after, FIRST)
        values = {"user": user, "starts_at": place.at, "id": place.id, "limit": limit + 1}
        async with self._database.connection() as connection:
            rows = await _rows(connection, "favourites", **values)
        return Events([event_of(row) for row in rows[:limit]], _next(rows, limit, "starts_at"))

    async def calendar(self, slug: str) -> list[DictRow]:
        async with self._database.connection() as connection:
            return await _rows(connection, "calendar", slug=slug)

    async def booking(self, booking: UUID, user: str) -> Booking:
        """Return a user's booking, with its position in the waiting list."""
        async with self._database.connection() as connection:
            row = await own_booking(connection, booking, user)
            if row["status"] != "waiting":
                return booking_of(row)
            [count] = await _rows(connection, "position", event=row["event_id"], place=row["place"])
        return booking_of(row, count["position"])

    async def user_bookings(self, user: str, limit: int, after: str | None) -> Bookings:
        place = _cursor(after, LAST)
        async with self._database.connection() as connection:
            rows = await _rows(connection, "user_bookings", user=user, at=place.at, id=place.id, limit=limit + 1)
        return Bookings([booking_of(row) for row in rows[:limit]], _next(rows, limit, "created_at"))

    async def event_bookings(self, event: UUID, user: User, limit: int, after: int) -> Bookings:
        """Return the bookings of an event in the order of arrival, for its organizer."""
        rows = await self._owned(event, user, "event_bookings", limit, after)
        more = str(rows[limit - 1]["place"]) if len(rows) > limit else None
        return Bookings([booking_of(row) for row in rows[:limit]], more)

    async def check_owner(self, event: UUID, user: User) -> None:
        """Refuse a user who neither owns the organizer's page nor is an admin."""
        async with self._database.connection() as connection:
            check_owner((await event_row(connection, event))["owner"], user)

    async def all_event_bookings(self, event: UUID) -> AsyncIterator[list[Booking]]:
        """Yield the bookings of an event in the order of arrival, in pages; no connection is held between two."""
        after = 0
        while True:
            async with self._database.connection() as connection:
                rows = await _rows(connection, "event_bookings", event=event, after=after, limit=EXPORT_PAGE)
            if not rows:
                return
            yield [booking_of(row) for row in rows]
            after = rows[-1]["place"]

    async def audit(self, event: UUID, user: User, limit: int, after: int) -> AuditEntries:
        rows = await self._owned(event, user, "audit", limit, after)
        entries = [AuditEntry(row["actor"], row["action"], row["at"], row["booking_id"]) for row in rows[:limit]]
        return AuditEntries(entries, str(rows[limit - 1]["id"]) if len(rows) > limit else None)

    async def _owned(self, event: UUID, user: User, query: str, limit: int, after: int) -> list[DictRow]:
        async with self._database.connection() as connection:
            check_owner((await event_row(connection, event))["owner"], user)
            return await _rows(connection, query, event=event, after=after, limit=limit + 1)


async def _rows(connection: Connection, query: str, **values: Any) -> list[DictRow]:
    return await (await connection.execute(QUERIES[query], values)).fetchall()


def _next(rows: list[DictRow], limit: int, at: str) -> str | None:
    return _written(rows[limit - 1], at) if len(rows) > limit else None


def _written(row: Mapping[str, Any], at: str) -> str:
    return urlsafe_b64encode(msgspec.json.encode(Cursor(row[at], row["id"]))).decode().rstrip("=")


def _cursor(text: str | None, default: Cursor) -> Cursor:
    if text is None:
        return default
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (ValueError, msgspec.DecodeError) as error:
        raise HttpProblem(422, "invalid_cursor", "`after` must be a `next` that this list gave.") from error
