"""The users from the provider's events, and the effects of an event.

All of one event is one transaction: the delivery's id, the user, and the messages that a sign-up sends. A crash before
the commit leaves nothing, one after it loses nothing.
"""

import logging
from dataclasses import dataclass

from stead.kit.database import Connection, Database
from stead.kit.outbox import Outbox
from stead.kit.sql import Queries
from stead.services.auth.contract import Me, WelcomePoints
from stead.services.auth.deliveries import (
    ATTRIBUTION,
    FIRST_LOGIN,
    GOODBYE,
    WELCOME,
    Attribute,
    Goodbye,
    Settle,
    Welcome,
)
from stead.services.auth.rules import CREATED, DELETED, Event, Login, profile, referral_code

logger = logging.getLogger(__name__)
SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class UserChange:
    """The effects of a sign-up (points, attributions) and of a deletion (tokens), if the service has that callee."""

    points: bool
    attributions: bool
    tokens: bool
    welcome: int
    referrer: int
    referee: int
    first_login: int


class Users:
    """The users and their sign-ups."""

    def __init__(self, database: Database, outbox: Outbox, change: UserChange) -> None:
        self._database = database
        self._outbox = outbox
        self._change = change

    async def receive(self, id: str, event: Event, sent_at: float) -> None:
        """Let a webhook take effect, unless a delivery of that id already did."""

        async def work(connection: Connection) -> None:
            received = await connection.execute(SQL["receive"], {"id": id})
            if await received.fetchone() is None:
                logger.info("webhook seen before", extra={"webhook_id": id})
                return
            await self._apply(connection, event, sent_at)
            await connection.execute(SQL["forget_old_webhooks"])

        await self._database.run(work)

    @property
    def settles_logins(self) -> bool:
        """Return whether a login may earn someone a bonus."""
        return self._change.attributions and self._change.points and self._change.first_login > 0

    async def log_in(self, id: str, login: Login) -> None:
        """Let a login settle the referrer's bonus; a delivery of that id has one effect."""
        session = login.data

        async def work(connection: Connection) -> None:
            received = await connection.execute(SQL["receive"], {"id": id})
            if await received.fetchone() is not None:
                settle = Settle(session.user_id, session.id, self._change.first_login)
                await self._outbox.put(connection, FIRST_LOGIN, settle)

        await self._database.run(work)

    async def me(self, user_id: str) -> Me | None:
        """Return the user; None when it was deleted. A user without a webhook yet is valid, too."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(SQL["user"], {"user_id": user_id})).fetchone()
        if row is None:
            return Me(user_id, self._points(None))
        if row["deleted_at"] is not None:
            return None
        return Me(user_id, self._points(row["welcome"]), row["email"], row["name"], row["created_at"])

    async def is_deleted(self, user_id: str) -> bool:
        async with self._database.connection() as connection:
            found = await connection.execute(SQL["is_deleted"], {"user_id": user_id})
            return await found.fetchone() is not None

    def _points(self, welcome: WelcomePoints | None) -> WelcomePoints:
        """Return the state of the welcome points: pending before the first webhook, if there is a points service."""
        return welcome or ("pending" if self._change.points else "none")

    async def _apply(self, connection: Connection, event: Event, sent_at: float) -> None:
        stored = profile(event, sent_at)
        if event.type == DELETED:
            values = {"user_id": stored.user_id, "updated_at": stored.updated_at}
            await connection.execute(SQL["delete"], values)
            if self._change.tokens:
                await self._outbox.put(connection, GOODBYE, Goodbye(stored.user_id))
            return
        values = {"user_id": stored.user_id, "email": stored.email, "name": stored.name}
        await connection.execute(
            SQL["keep"], {**values, "created_at": stored.created_at, "updated_at": stored.updated_at}
        )
        if event.type == CREATED:
            await self._sign_up(connection, event)

    async def _sign_up(self, connection: Connection, event: Event) -> None:
        change, user_id = self._change, event.data.id
        values = {"user_id": user_id, "welcome": "pending" if change.points else None}
        row = await (await connection.execute(SQL["sign_up"], values)).fetchone()
        if row is None:
            return
        at = row["occurred_at"]
        if change.points:
            await self._outbox.put(connection, WELCOME, Welcome(user_id, change.welcome, at))
        code = referral_code(event.data.unsafe_metadata)
        if code and change.attributions:
            attribute = Attribute(user_id, code, at, change.referrer, change.referee)
            await self._outbox.put(connection, ATTRIBUTION, attribute)
