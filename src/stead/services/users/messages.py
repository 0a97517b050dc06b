"""Messages to other services about accounts, stored in the transaction that causes them.

The outbox is its own, and so is the delivery. A link or a code stays in the outbox's table until it is delivered.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from msgspec import Struct
from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.outbox import Outbox
from stead.kit.sql import Queries
from stead.services.notifications.contract import Contact, Notification, NotificationsClient
from stead.services.sessions.contract import Invalidation, SessionsClient

QUERIES = Queries.beside(__file__)
SEND = "send"
CONTACT = "contact"
END_SESSIONS = "end_sessions"
FORGET = "forget"


class ContactDue(Struct, frozen=True):
    """Where a user is reached has changed."""

    user_id: str
    contact: Contact


class SessionsDue(Struct, frozen=True):
    """A user's sessions are to end that began before a moment; a sign-in after it stays."""

    user_id: str
    before: datetime


class ForgetDue(Struct, frozen=True):
    """A service must delete a user's data."""

    user_id: str
    holder: str


class Messages:
    """Tells the others. `holders` are the services that hold something of users, by name, and how each forgets."""

    def __init__(
        self,
        database: Database,
        notifications: NotificationsClient,
        sessions: SessionsClient,
        holders: Mapping[str, Callable[[str], Awaitable[None]]],
        *,
        link: str,
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._sessions = sessions
        self._holders = dict(holders)
        self._link = link
        self.outbox = Outbox(
            database,
            handlers={
                SEND: (Notification, self._send),
                CONTACT: (ContactDue, self._contact),
                END_SESSIONS: (SessionsDue, self._end_sessions),
                FORGET: (ForgetDue, self._forget),
            },
        )

    async def link(self, connection: Connection, row: DictRow, kind: str, key: str, token: str) -> None:
        """Send a sign-in link to the account's address."""
        data = {"link": f"{self._link}?token={token}"}
        await self._put(connection, SEND, Notification(row["id"], kind, key, data, row["email"]), row["id"])

    async def code(self, connection: Connection, row: DictRow, key: str, code: str) -> None:
        """Send a recovery code, by Telegram where the user has it."""
        await self._put(connection, SEND, Notification(row["id"], "recovery_code", key, {"code": code}), row["id"])

    async def contact(self, connection: Connection, row: DictRow) -> None:
        email = row["email"] if row["verified"] else None
        due = ContactDue(row["id"], Contact(email, row["phone"] or None, row["locale"]))
        await self._put(connection, CONTACT, due, row["id"])

    async def end_sessions(self, connection: Connection, user: str) -> None:
        row = await (await connection.execute(QUERIES["clock"])).fetchone()
        assert row is not None  # the clock always returns a row
        await self._put(connection, END_SESSIONS, SessionsDue(user, row["now"]), user)

    async def forget(self, connection: Connection, user: str) -> None:
        for holder in self._holders:
            await connection.execute(QUERIES["add_deletion"], {"user": user, "holder": holder})
            await self._put(connection, FORGET, ForgetDue(user, holder), f"{user}:{holder}")

    async def _put(self, connection: Connection, name: str, due: Struct, lock: str) -> None:
        await self.outbox.put(connection, name, due, lock=f"user:{lock}")

    async def _send(self, due: Notification) -> None:
        await self._notifications.send(due)

    async def _contact(self, due: ContactDue) -> None:
        await self._notifications.contact(due.user_id, due.contact)

    async def _end_sessions(self, due: SessionsDue) -> None:
        """End the sessions of before one by one; there are a hundred on a page at the most."""
        while True:
            page = (await self._sessions.of_user(due.user_id)).sessions
            old = [each for each in page if each.created_at <= due.before]
            for each in old:
                await self._sessions.invalidate(Invalidation(id=each.id))
            if not old:
                return

    async def _forget(self, due: ForgetDue) -> None:
        """Have one service forget, and note that it said so."""
        await self._holders[due.holder](due.user_id)
        async with self._database.connection() as connection:
            await connection.execute(QUERIES["end_deletion"], {"user": due.user_id, "holder": due.holder})
