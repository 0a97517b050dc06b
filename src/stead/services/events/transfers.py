"""Transfers: a booking given to another user by a code. It takes no seat, so it works for a sold-out event too."""

import secrets
from datetime import timedelta
from uuid import UUID

from stead.kit.database import Connection
from stead.kit.http_problem import HttpProblem
from stead.services.events.bookings import booking_of, find, own_booking
from stead.services.events.contract import Booking, Transfer
from stead.services.events.inventory import QUERIES, Inventory
from stead.services.events.rules import digest


class Transfers:
    """Codes that give bookings away. The methods run inside the caller's transaction."""

    def __init__(self, inventory: Inventory, life: timedelta) -> None:
        self._inventory = inventory
        self._life = life

    async def offer(self, connection: Connection, booking: UUID, user: str) -> Transfer:
        """Return a code for a confirmed booking of the user."""
        found = await own_booking(connection, booking, user)
        async with self._inventory.locked(connection, found["event_id"]) as locked:
            row = await find(connection, booking)
            if row["status"] != "confirmed" or not locked.open:
                raise _not_transferable()
            code, until = secrets.token_urlsafe(24), min(locked.now + self._life, locked.row["starts_at"])
            await locked.run("add_transfer", digest=digest(code), booking=booking, user=user, until=until)
            locked.note(user, "transfer_offered", booking)
        return Transfer(code, until)

    async def use(self, connection: Connection, code: str, user: str) -> Booking:
        """Transfer the booking to the user who presents its code; the code works once."""
        values = {"digest": digest(code)}
        transfer = await (await connection.execute(QUERIES["transfer"], values)).fetchone()
        if transfer is None:
            raise _unknown_transfer()
        async with self._inventory.locked(connection, transfer["event_id"]) as locked:
            used = await locked.one("use_transfer", user=user, **values)
            row = await find(connection, transfer["booking_id"])
            if used is None or used["from_user"] != row["user_id"]:
                raise _unknown_transfer()
            if row["status"] != "confirmed" or not locked.open:
                raise _not_transferable()
            if await locked.one("active", user=user) is not None:
                raise HttpProblem(409, "already_booked", "You have an active booking of this event.")
            row = await locked.row_of("rename", id=row["id"], user=user)
            locked.note(user, "transferred", row["id"])
            await self._inventory.messages.released(connection, row["id"])
            await self._inventory.messages.notify(connection, "booking_confirmed", row, locked.row["title"])
        return booking_of(row)


def _unknown_transfer() -> HttpProblem:
    return HttpProblem(404, "unknown_transfer", "The code is unknown, used or expired.")


def _not_transferable() -> HttpProblem:
    return HttpProblem(409, "not_transferable", "Only a confirmed booking of a future event can be transferred.")
