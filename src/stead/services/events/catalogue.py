"""Catalogue: organizers and their events, as they are announced, changed, published, completed and cancelled."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import UNSET, structs
from psycopg.rows import DictRow

from stead.kit.database import Connection
from stead.kit.http_problem import HttpProblem
from stead.kit.user import User
from stead.services.events.bookings import ADMIN, Bookings, check_owner
from stead.services.events.contract import Event, EventChange, EventDraft, Organizer, OrganizerDraft, check_times
from stead.services.events.inventory import QUERIES, Inventory, LockedEvent, unknown_event
from stead.services.events.rules import EVENT_MOVES, is_slug


class Catalogue:
    """All events. The methods run inside the caller's transaction."""

    def __init__(self, inventory: Inventory, bookings: Bookings) -> None:
        self._inventory = inventory
        self._bookings = bookings

    async def put_organizer(self, connection: Connection, slug: str, draft: OrganizerDraft, user: User) -> Organizer:
        """Write an organizer's page; HttpProblem 409 when another user owns the slug."""
        if not is_slug(slug):
            raise HttpProblem(422, "invalid_slug", "A slug has lower-case letters and digits, joined by hyphens.")
        values = {"slug": slug, "user": user.id, "admin": ADMIN in user.roles, **structs.asdict(draft)}
        row = await (await connection.execute(QUERIES["put_organizer"], values)).fetchone()
        if row is None:
            raise HttpProblem(409, "slug_taken", "Another user owns this page.")
        return organizer_of(row)

    async def announce(self, connection: Connection, draft: EventDraft, user: User) -> Event:
        """Return the draft of an event; HttpProblem 404 or 403 when the organizer's page is not the user's."""
        page = await (await connection.execute(QUERIES["organizer"], {"slug": draft.organizer})).fetchone()
        if page is None:
            raise HttpProblem(404, "unknown_organizer", "No such organizer.")
        check_owner(page["owner"], user)
        values = structs.asdict(draft) | {"user": user.id}
        row = await (await connection.execute(QUERIES["add_event"], values)).fetchone()
        assert row is not None
        return event_of(row)

    async def change(self, connection: Connection, event: UUID, change: EventChange, user: User) -> Event:
        """Change a draft, or the capacity of a published event; who waits gets the seats that this makes."""
        changes = {name: value for name, value in structs.asdict(change).items() if value is not UNSET}
        async with self._inventory.locked(connection, event) as locked:
            check_owner(locked.row["owner"], user)
            capacity = changes.pop("capacity", locked.seats.capacity)
            _check_change(locked, capacity, changes)
            locked.seats = replace(locked.seats, capacity=capacity)
            if changes:
                after = dict(locked.row) | changes
                _check_times(after)
                await locked.run("change_event", **{name: after[name] for name in _EDITABLE})
            locked.note(user.id, "changed")
        return await read_event(connection, event)

    async def publish(self, connection: Connection, event: UUID, user: User) -> Event:
        return await self._move(connection, event, user, "published")

    async def complete(self, connection: Connection, event: UUID, user: User) -> Event:
        return await self._move(connection, event, user, "completed")

    async def cancel(self, connection: Connection, event: UUID, user: User) -> Event:
        return await self._move(connection, event, user, "cancelled")

    async def finish(self, event: UUID, connection: Connection) -> None:
        """Complete an event that is over; nothing when that was done meanwhile."""
        async with self._inventory.locked(connection, event) as locked:
            if locked.status == "published" and locked.row["ends_at"] <= locked.now:
                await self._completed(locked, "system")

    async def remind(self, event: UUID, connection: Connection) -> None:
        """Remind the users of confirmed bookings of an event that begins within a day; once for each event."""
        async with self._inventory.locked(connection, event) as locked:
            if await locked.one("remind") is None:
                return
            for booking in await locked.all("confirmed"):
                await self._inventory.messages.notify(connection, "event_reminder", booking, locked.row["title"])

    async def touch(self, event: UUID, connection: Connection) -> None:
        """Take the lock, which ends what is over, and give it back, which offers the seats that this freed."""
        async with self._inventory.locked(connection, event):
            pass

    async def _move(self, connection: Connection, event: UUID, user: User, status: str) -> Event:
        async with self._inventory.locked(connection, event) as locked:
            check_owner(locked.row["owner"], user)
            if locked.status == status:
                return await read_event(connection, event)
            if status not in EVENT_MOVES.get(locked.status, ()):
                raise HttpProblem(409, "event_status", f"A {locked.status} event cannot become {status}.")
            await self._moves(locked, user, status)
        return await read_event(connection, event)

    async def _moves(self, locked: LockedEvent, user: User, status: str) -> None:
        if locked.row["starts_at"] <= locked.now and status == "published":
            raise HttpProblem(409, "sales_closed", "The event starts in the past.")
        if locked.row["starts_at"] > locked.now and status == "completed":
            raise HttpProblem(409, "event_status", "The event has not started.")
        match status:
            case "completed":
                await self._completed(locked, user.id)
            case "cancelled":
                await self._bookings.end_event(locked, user.id)
            case _:
                locked.note(user.id, status)
        locked.status = status

    async def _completed(self, locked: LockedEvent, actor: str) -> None:
        ended = await locked.all("complete")
        locked.seats = locked.seats.moved("confirmed", None, len(ended))
        for row in await locked.all("end_all", reason="event_completed"):
            locked.seats = locked.seats.moved(row["was"], None)
        locked.status = "completed"
        locked.note(actor, "completed")


_EDITABLE = ("title", "description", "starts_at", "ends_at", "price", "currency")


def _check_change(locked: LockedEvent, capacity: int, changes: dict[str, Any]) -> None:
    if locked.status not in EVENT_MOVES:
        raise HttpProblem(409, "not_editable", f"The event is {locked.status}.")
    if changes and locked.status != "draft":
        names = ", ".join(sorted(changes))
        raise HttpProblem(409, "not_editable", f"Of a published event only the capacity can change, not {names}.")
    if locked.seats.taken > capacity:
        taken = locked.seats.taken
        raise HttpProblem(409, "capacity_taken", f"{taken} seats are booked, held or offered.", taken=taken)


def _check_times(after: dict[str, Any]) -> None:
    try:
        check_times(after["starts_at"], after["ends_at"])
    except ValueError as error:
        raise HttpProblem(422, "invalid_body", f"{error}.") from None


async def read_event(connection: Connection, event: UUID) -> Event:
    return event_of(await event_row(connection, event))


async def event_row(connection: Connection, event: UUID) -> DictRow:
    row = await (await connection.execute(QUERIES["event"], {"event": event})).fetchone()
    if row is None:
        raise unknown_event()
    return row


def organizer_of(row: DictRow) -> Organizer:
    return Organizer(row["slug"], row["title"], row["description"])


def event_of(row: DictRow) -> Event:
    names = ("id", "organizer", "title", "description", "starts_at", "ends_at", "status", "price", "currency")
    free = row["capacity"] - row["pending"] - row["confirmed"] - row["offered"]
    counts = {"capacity": row["capacity"], "confirmed": row["confirmed"], "free": free, "waiting": row["waiting"]}
    return Event(**{name: row[name] for name in names}, **counts)
