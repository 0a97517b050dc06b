"""Bookings: a seat that is held, paid, cancelled, offered and accepted."""

from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Connection
from stead.kit.http_problem import HttpProblem
from stead.kit.user import User
from stead.services.events import rules
from stead.services.events.contract import Booking, BookingState, Confirmation
from stead.services.events.inventory import QUERIES, Inventory, LockedEvent

ADMIN = "admin"


class Bookings:
    """The bookings of events. The methods run inside the caller's transaction."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._messages = inventory.messages

    async def book(self, locked: LockedEvent, user: str) -> tuple[int, Booking]:
        """Return 201 and the new booking, or 200 and the active one. HttpProblem 409 when nothing can be booked."""
        active = await locked.one("active", user=user)
        if active is not None:
            return 200, booking_of(active)
        if not locked.open:
            raise sales_closed()
        return 201, booking_of(await self._arrive(locked, user))

    async def accept(self, connection: Connection, booking: UUID, user: str) -> Booking:
        """Accept an offered seat: it is held for its payment, or confirmed if it is free of charge."""
        found = await own_booking(connection, booking, user)
        async with self._inventory.locked(connection, found["event_id"]) as locked:
            row = await _reread(connection, booking)
            if row["status"] in ("pending", "confirmed"):
                return booking_of(row)
            if row["status"] != "offered" or not locked.open:
                raise HttpProblem(409, "not_offered", f"The booking is {row['status']}; no seat is offered to it now.")
            row = await self._take_offer(locked, row, user)
        return booking_of(row)

    async def cancel(self, locked: LockedEvent, booking: UUID, user: str) -> None:
        """End an active booking: decline an offer, leave the waiting list, or give a seat back, with its refund."""
        row = await own_booking(locked.connection, booking, user)
        if row["status"] in rules.ACTIVE:
            await self._end(locked, row, user, "declined" if row["status"] == "offered" else "cancelled")

    async def confirm(self, connection: Connection, booking: UUID, paid: Confirmation) -> BookingState:
        """Confirm by a payment. HttpProblem 409 when the payment buys no seat and is to be paid back."""
        found = await find(connection, booking)
        if (paid.amount, paid.currency) != (found["price"], found["currency"]):
            raise HttpProblem(409, "wrong_amount", f"The price is {found['price']} {found['currency']}.")
        async with self._inventory.locked(connection, found["event_id"]) as locked:
            row = await _reread(connection, booking)
            active = await locked.one("active", user=row["user_id"])
            outcome = rules.confirmation(
                row["status"],
                row["payment_id"],
                paid.payment_id,
                spare=locked.seats.spare,
                open_=locked.open,
                other=active is not None and active["id"] != booking,
            )
            if outcome == "confirm":
                await self._pay(locked, row, paid.payment_id)
            elif outcome != "repeat":
                raise HttpProblem(409, outcome, f"The booking is {row['status']}; this payment does not confirm it.")
        return state_of(await find(connection, booking))

    async def revoke(self, connection: Connection, booking: UUID, payment: UUID) -> BookingState:
        """Cancel a booking whose payment failed after all; one that another payment confirmed is left as it is."""
        found = await find(connection, booking)
        async with self._inventory.locked(connection, found["event_id"]) as locked:
            row = await _reread(connection, booking)
            if row["status"] == "confirmed" and row["payment_id"] == payment:
                await locked.move(row, "cancelled", reason="payment_failed")
                locked.note("payments", "revoked", booking)
                await self._messages.released(connection, booking)
        return state_of(await find(connection, booking))

    async def no_show(self, connection: Connection, booking: UUID, user: User) -> Booking:
        """Note that the user of a confirmed or completed booking did not come; only once the event has started."""
        found = await find(connection, booking)
        check_owner(found["owner"], user)
        async with self._inventory.locked(connection, found["event_id"]) as locked:
            row = await _reread(connection, booking)
            if row["status"] not in ("confirmed", "completed") or locked.row["starts_at"] > locked.now:
                raise HttpProblem(409, "not_confirmed", "Only a confirmed booking of an event that has started.")
            row = await locked.move(row, "no_show")
            locked.note(user.id, "no_show", booking)
        return booking_of(row)

    async def forget(self, connection: Connection, user: str) -> None:
        """Cancel a user's active bookings and delete what names the user."""
        rows = await (await connection.execute(QUERIES["future_bookings"], {"user": user})).fetchall()
        for row in sorted(rows, key=lambda each: str(each["event_id"])):
            async with self._inventory.locked(connection, row["event_id"]) as locked:
                await self.cancel(locked, row["id"], user)
        for query in ("forget_favourites", "forget_names", "forget_audit", "forget_transfers"):
            await connection.execute(QUERIES[query], {"user": user})

    async def end_event(self, locked: LockedEvent, user: str) -> None:
        """Cancel every active booking of a cancelled event, with its refund."""
        for row in await locked.all("end_all", reason="event_cancelled"):
            locked.seats = locked.seats.moved(row["was"], None)
            if row["was"] == "confirmed":
                await self._messages.ended(locked.connection, row, "event_cancelled")
            await self._messages.notify(locked.connection, "event_cancelled", row, locked.row["title"])
        locked.note(user, "event_cancelled")

    async def _arrive(self, locked: LockedEvent, user: str) -> DictRow:
        price = locked.row["price"]
        status = locked.seats.arrival(price)
        locked.arrivals += 1
        until = self._inventory.hold_until(locked) if status == "pending" else None
        values = {"user": user, "place": locked.arrivals, "status": status, "until": until}
        row = await locked.row_of("arrive", price=price, currency=locked.row["currency"], **values)
        locked.seats = locked.seats.moved(None, status)
        locked.note(user, f"booked:{status}", row["id"])
        if status == "confirmed":
            await self._messages.notify(locked.connection, "booking_confirmed", row, locked.row["title"])
        return row

    async def _take_offer(self, locked: LockedEvent, row: DictRow, user: str) -> DictRow:
        locked.note(user, "accepted", row["id"])
        if row["price"]:
            return await locked.move(row, "pending", until=self._inventory.hold_until(locked))
        confirmed = await locked.move(row, "confirmed")
        await self._messages.notify(locked.connection, "booking_confirmed", confirmed, locked.row["title"])
        return confirmed

    async def _pay(self, locked: LockedEvent, row: DictRow, payment: UUID) -> None:
        paid = await locked.row_of("pay", id=row["id"], payment=payment)
        locked.seats = locked.seats.moved(row["status"], "confirmed")
        locked.note("payments", "confirmed", row["id"])
        await self._messages.notify(locked.connection, "booking_confirmed", paid, locked.row["title"])

    async def _end(self, locked: LockedEvent, row: DictRow, user: str, action: str) -> None:
        ended = await locked.move(row, "cancelled", reason=action)
        locked.note(user, action, row["id"])
        if row["status"] == "confirmed":
            await self._messages.ended(locked.connection, ended, action)
            await self._messages.notify(locked.connection, "booking_cancelled", ended, locked.row["title"])


async def find(connection: Connection, booking: UUID) -> DictRow:
    """Return a booking with its event's title and owner; HttpProblem 404 when there is none."""
    row = await (await connection.execute(QUERIES["booking"], {"booking": booking})).fetchone()
    if row is None:
        raise unknown_booking()
    return row


async def own_booking(connection: Connection, booking: UUID, user: str) -> DictRow:
    """Return a user's own booking; another user's is 404, as one that does not exist."""
    row = await find(connection, booking)
    if row["user_id"] != user:
        raise unknown_booking()
    return row


# After the event's lock: what was read before it may have changed while this transaction waited.
_reread = find


def check_owner(owner: str, user: User) -> None:
    """Refuse a user who neither owns the organizer's page nor is an admin."""
    if owner != user.id and ADMIN not in user.roles:
        raise HttpProblem(403, "not_owner", "The event belongs to another organizer.")


def unknown_booking() -> HttpProblem:
    return HttpProblem(404, "unknown_booking", "No such booking.")


def sales_closed() -> HttpProblem:
    return HttpProblem(409, "sales_closed", "The event is not published, or has started.")


def booking_of(row: DictRow, position: int | None = None) -> Booking:
    names = ("id", "event_id", "user_id", "status", "price", "currency", "created_at", "until")
    return Booking(**{name: row[name] for name in names}, position=position, reason=row["reason"])


def state_of(row: DictRow) -> BookingState:
    names = ("id", "event_id", "user_id", "status", "price", "currency", "title", "owner", "until")
    return BookingState(*(row[name] for name in names))
