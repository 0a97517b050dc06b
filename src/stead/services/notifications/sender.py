"""Sender: keeps a message once for each occurrence, user and channel, and sends it.

`keep` runs in the caller's transaction and puts the message into the outbox; `deliver` is called by the outbox, and
ends the message as sent, dropped (too old, or switched off) or dead (nobody can be reached, or too many tries).
"""

import logging
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from stead.kit.database import Connection, Database
from stead.kit.live_setting import LiveSetting
from stead.kit.outbox import Outbox
from stead.kit.service_client import CallRefused
from stead.kit.sql import Queries
from stead.services.notifications import rules
from stead.services.notifications.channels import Blocked, Mail, Postponed, Rejected, Telegram
from stead.services.notifications.contract import Notification
from stead.services.notifications.templates import KINDS, render

QUERIES = Queries.beside(__file__)
DELIVER = "deliver"

logger = logging.getLogger(__name__)


class DeliverDue(Struct, frozen=True):
    """A message is to be sent."""

    message_id: UUID


class Sender:
    """Messages; the outbox that sends them is its own. `telegram` and `mail` are None where they are not configured."""

    def __init__(
        self,
        database: Database,
        telegram: Telegram | None,
        mail: Mail | None,
        *,
        tries: int,
        link: str,
        secret: LiveSetting,
    ) -> None:
        self._database = database
        self._telegram = telegram
        self._mail = mail
        self._tries = tries
        self._link = link.rstrip("/")
        self._secret = secret
        self.outbox = Outbox(database, handlers={DELIVER: (DeliverDue, self.deliver)})

    async def keep(self, connection: Connection, wanted: Notification) -> None:
        """Keep a message and leave it to the outbox; the same key of a user again changes nothing."""
        if await _one(connection, "known", user=wanted.user_id, key=wanted.key):
            return
        channel = await self._channel(connection, wanted)
        if channel is None:
            await self._add(connection, wanted, "none", "dropped", "switched_off")
        elif channel == "none":
            await self._add(connection, wanted, channel, "dead", "no_channel")
        else:
            await self._add(connection, wanted, channel, "queued", None)

    async def retry(self, connection: Connection, message: UUID) -> DictRow | None:
        """Send a dead message again, by the channel that the user has now; None when there is no such dead letter."""
        row = await _one(connection, "retry", id=message)
        if row is None:
            return None
        channel = await self._channel(connection, _wanted(row))
        if channel not in (None, row["channel"]):
            row = await _one(connection, "change_channel", id=message, channel=channel)
        await self.outbox.put(connection, DELIVER, DeliverDue(message), lock=f"message:{message}")
        return row

    async def deliver(self, due: DeliverDue) -> None:
        """Send a message, unless it has ended; a transient failure is raised, for the outbox to try again."""
        row = await self._query("begin", id=due.message_id)
        if row is None:
            return
        contact = await self._query("contact", user=row["user_id"])
        if row["age"] > KINDS[row["kind"]].life:
            await self._end(row, "dropped", "too_old")
            return
        await self._hold_quiet_hours(row, contact)
        await self._try(row, contact)

    async def _try(self, row: DictRow, contact: DictRow | None) -> None:
        try:
            await self._send(row, contact)
        except Postponed as later:
            await self._postpone(row, later.seconds)
        except Blocked as reason:
            await self._fall_back(row, contact, str(reason))
        except Rejected as reason:
            await self._end(row, "dead", str(reason))
        except ConnectionError as error:
            if row["tries"] < self._tries:
                raise
            await self._end(row, "dead", str(error))
        else:
            await self._end(row, "sent", None)

    async def _send(self, row: DictRow, contact: DictRow | None) -> None:
        rendered = render(row["kind"], contact["locale"] if contact else "ru", row["data"])
        if row["channel"] == "telegram" and self._telegram and contact and contact["telegram_chat"]:
            await self._telegram.send(contact["telegram_chat"], rendered.text)
            return
        address = row["email"] or (contact["email"] if contact else None)
        if row["channel"] != "email" or self._mail is None or address is None:
            raise Rejected("no_channel")
        await self._mail.send(address, str(row["id"]), rendered, self._unsubscribe(row))

    def _unsubscribe(self, row: DictRow) -> str:
        if KINDS[row["kind"]].required:
            return ""
        token = rules.unsubscribe_token(self._secret.values[0], row["user_id"], row["kind"])
        return f"{self._link}/v1/unsubscriptions/{token}"

    async def _hold_quiet_hours(self, row: DictRow, contact: DictRow | None) -> None:
        """Postpone what is not required while the user's quiet hours last."""
        if contact is None or KINDS[row["kind"]].required:
            return
        wait = rules.quiet_for(datetime.now(UTC), contact["quiet_from"], contact["quiet_to"], contact["timezone"])
        if wait:
            await self._postpone(row, wait)

    async def _postpone(self, row: DictRow, seconds: float) -> None:
        """Have the outbox come back later, as for a callee that answers `Retry-After`; this was not a try."""
        await self._query("postpone", id=row["id"])
        raise CallRefused(row["channel"], 429, "postponed", retry_after=seconds)

    async def _fall_back(self, row: DictRow, contact: DictRow | None, reason: str) -> None:
        """Switch a channel off that the user has blocked, and send by the next one."""

        async def work(connection: Connection) -> None:
            chat = contact["telegram_chat"] if contact else None
            await connection.execute(QUERIES["telegram_off"], {"chat": chat, "off": True})
            if await self._channel(connection, _wanted(row)) == "email":
                await self._add(connection, _wanted(row), "email", "queued", None)
                values = {"status": "dropped", "reason": "blocked: sent by e-mail"}
            else:
                values = {"status": "dead", "reason": f"blocked: {reason}"[:200]}
            await connection.execute(QUERIES["end_message"], {"id": row["id"], **values})

        await self._database.run(work)

    async def _channel(self, connection: Connection, wanted: Notification) -> rules.Channel | None:
        contact = await _one(connection, "contact", user=wanted.user_id)
        off = await connection.execute(QUERIES["disabled"], {"user": wanted.user_id, "kind": wanted.kind})
        chat = bool(self._telegram and contact and contact["telegram_chat"] and not contact["telegram_off"])
        return rules.channel(
            telegram=chat and wanted.email is None,  # what names an address goes there and nowhere else
            email=bool(self._mail and (wanted.email or (contact and contact["email"]))),
            disabled=frozenset(row["channel"] for row in await off.fetchall()),
            required=KINDS[wanted.kind].required,
        )

    async def _add(
        self, connection: Connection, wanted: Notification, channel: str, status: str, reason: str | None
    ) -> None:
        values = {"user": wanted.user_id, "kind": wanted.kind, "key": wanted.key, "email": wanted.email}
        data = Jsonb(wanted.data)
        row = await _one(connection, "add_message", channel=channel, data=data, status=status, reason=reason, **values)
        if row is not None and status == "queued":
            await self.outbox.put(connection, DELIVER, DeliverDue(row["id"]), lock=f"message:{row['id']}")

    async def _end(self, row: DictRow, status: str, reason: str | None) -> None:
        await self._query("end_message", id=row["id"], status=status, reason=reason)
        if status == "dead":
            logger.error("a message is dead", extra={"message_id": str(row["id"]), "reason": reason})

    async def _query(self, query: str, **values: object) -> DictRow | None:
        async with self._database.connection() as connection:
            return await _one(connection, query, **values)


async def _one(connection: Connection, query: str, **values: object) -> DictRow | None:
    cursor = await connection.execute(QUERIES[query], values)
    return await cursor.fetchone() if cursor.description else None


def _wanted(row: DictRow) -> Notification:
    return Notification(row["user_id"], row["kind"], row["key"], row["data"], row["email"])
