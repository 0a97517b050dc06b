"""Messages to other services about a booking, stored in the outbox in the transaction that changes it.

A message goes only to the services that the description declares a call to.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg.rows import DictRow

from stead.kit.database import Connection
from stead.kit.outbox import Outbox

REFUND = "refund"
RELEASE = "release"
NOTIFY = "notify"


class RefundDue(Struct, frozen=True):
    """A paid booking was cancelled."""

    booking_id: UUID
    payment_id: UUID
    reason: str


class ReleaseDue(Struct, frozen=True):
    """A booking has ended, or belongs to another user: its places in groups are free."""

    booking_id: UUID


class NotificationDue(Struct, frozen=True):
    """A user is to be told; `key` makes one message of the same occurrence."""

    key: str
    user_id: str
    kind: str
    title: str
    until: datetime | None = None


class Messages:
    """Puts messages into the outbox; `names` are those that someone takes."""

    def __init__(self, outbox: Outbox | None, names: frozenset[str]) -> None:
        self._outbox = outbox
        self._names = names

    async def ended(self, connection: Connection, booking: DictRow, reason: str) -> None:
        """Send the messages for the end of a confirmed booking: refund the payment, free its places."""
        await self.released(connection, booking["id"])
        if booking["payment_id"] is not None:
            due = RefundDue(booking["id"], booking["payment_id"], reason)
            await self._put(connection, REFUND, due, booking["id"])

    async def released(self, connection: Connection, booking: UUID) -> None:
        await self._put(connection, RELEASE, ReleaseDue(booking), booking)

    async def notify(self, connection: Connection, kind: str, booking: DictRow, title: str) -> None:
        key = f"{kind}:{booking['id']}:{booking['until'].isoformat() if booking['until'] else ''}"
        due = NotificationDue(key, booking["user_id"], kind, title, booking["until"])
        await self._put(connection, NOTIFY, due, booking["id"])

    async def _put(self, connection: Connection, name: str, due: Struct, booking: UUID) -> None:
        if self._outbox and name in self._names:
            await self._outbox.put(connection, name, due, lock=f"{name}:{booking}")
