"""Sender: stores a message once per occurrence, user and channel, and sends it.

`keep` runs in the caller's transaction and puts the message into the outbox; `deliver` is called by the outbox, and
ends the message as sent, dropped (too old, or switched off) or dead (nobody can be reached, or too many tries). What
goes into a digest is gathered in place of that.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Literal
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
from stead.services.notifications.sms import Sms
from stead.services.notifications.templates import DIGEST, KINDS, render

QUERIES = Queries.beside(__file__)
DELIVER = "deliver"

logger = logging.getLogger(__name__)


class DeliverDue(Struct, frozen=True):
    """A message is to be sent."""

    message_id: UUID


class Sender:
    """Messages; the outbox that sends them is its own. A channel is None where it is not configured."""

    def __init__(
        self,
        database: Database,
        telegram: Telegram | None,
        mail: Mail | None,
        sms: Sms | None,
        *,
        tries: int,
        wait: timedelta,
        link: str,
        secret: LiveSetting,
    ) -> None:
        self._database = database
        self._telegram = telegram
        self._mail = mail
        self._sms = sms
        self._tries = tries
        self._wait = wait
        self._link = link.rstrip("/")
        self._secret = secret
        self.outbox = Outbox(database, handlers={DELIVER: (DeliverDue, self.deliver)})

    async def keep(self, connection: Connection, notification: Notification) -> None:
        """Store a message for the outbox; a repeated key of a user changes nothing."""
        if await _one(connection, "known", user=notification.user_id, key=notification.key):
            return
        contact = await _one(connection, "contact", user=notification.user_id)
        due_at = _due_at(notification, contact)
        channel = await self._channel(connection, notification, contact, gathered=due_at is not None)
        if channel is None:
            await self.add(connection, notification, "none", "dropped", reason="switched_off")
        elif channel == "none" and (notification.email is not None or not self._wait):
            await self.add(connection, notification, channel, "dead", reason="no_channel")
        elif channel == "none":  # the user's contact may be on its way: it comes from another service than the message
            await self.add(connection, notification, channel, "queued")
        elif due_at is not None:
            await self.add(connection, notification, channel, "gathered", due_at=due_at)
        else:
            await self.add(connection, notification, channel, "queued")

    async def retry(self, connection: Connection, message: UUID) -> DictRow | None:
        """Send a dead message again, by the channel that the user has now; None when there is no such dead letter."""
        row = await _one(connection, "retry", id=message)
        if row is None:
            return None
        contact = await _one(connection, "contact", user=row["user_id"])
        channel = await self._channel(connection, _wanted(row), contact)
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
        if row["channel"] == "none":
            found = await self._with_channel(row, contact)
            if found is None:
                return
            row = found
        await self._postpone_in_quiet_hours(row, contact)
        await self._try(row, contact)

    async def _with_channel(self, row: DictRow, contact: DictRow | None) -> DictRow | None:
        """Choose the channel of a message that waited for one; None where it has ended."""
        async with self._database.connection() as connection:
            channel = await self._channel(connection, _wanted(row), contact)
        if channel == "none" and row["age"] < self._wait:
            await self._postpone(row, 0)  # the outbox itself waits longer each time
        if channel is None:
            await self._end(row, "dropped", "switched_off")
            return None
        if channel == "none":
            await self._end(row, "dead", "no_channel")
            return None
        return {**row, **(await self._query("change_channel", id=row["id"], channel=channel) or {})}

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
        address = row["email"] or (contact["email"] if contact else None)
        match row["channel"]:
            case "telegram" if self._telegram and contact and contact["telegram_chat"]:
                await self._telegram.send(contact["telegram_chat"], rendered.text)
            case "email" if self._mail and address:
                await self._mail.send(address, str(row["id"]), rendered, self._unsubscribe(row))
            case "sms" if self._sms and contact and contact["phone"]:
                await self._sms.send(contact["phone"], rendered.text)
            case _:
                raise Rejected("no_channel")

    def _unsubscribe(self, row: DictRow) -> str:
        if KINDS[row["kind"]].required:
            return ""
        token = rules.unsubscribe_token(self._secret.values[0], row["user_id"], row["kind"])
        return f"{self._link}/v1/unsubscriptions/{token}"

    async def _postpone_in_quiet_hours(self, row: DictRow, contact: DictRow | None) -> None:
        """Postpone optional messages during the user's quiet hours."""
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
            after = await _one(connection, "contact", user=row["user_id"])
            channel = await self._channel(connection, _wanted(row), after)
            if channel not in (None, "none", row["channel"]):
                await self.add(connection, _wanted(row), str(channel), "queued")
                values = {"status": "dropped", "reason": f"blocked: sent by {channel}"}
            else:
                values = {"status": "dead", "reason": f"blocked: {reason}"[:200]}
            await connection.execute(QUERIES["end_message"], {"id": row["id"], **values})

        await self._database.run(work)

    async def _channel(
        self, connection: Connection, notification: Notification, contact: DictRow | None, *, gathered: bool = False
    ) -> rules.Channel | Literal["none"] | None:
        kinds = [notification.kind, DIGEST] if gathered else [notification.kind]
        rows = await connection.execute(QUERIES["chosen"], {"user": notification.user_id, "kinds": kinds})
        chosen: dict[str, bool] = {}
        for row in await rows.fetchall():
            chosen[row["channel"]] = row["enabled"] and chosen.get(row["channel"], True)
        kind = KINDS[notification.kind]
        reachable = self._reachable(notification, contact, sms=kind.sms)
        return rules.channel(reachable=reachable, chosen=chosen, required=kind.required)

    def _reachable(self, notification: Notification, contact: DictRow | None, *, sms: bool) -> list[rules.Channel]:
        """Return the channels that reach the user. What names an address goes there and nowhere else."""
        if notification.email is not None:
            return ["email"] if self._mail else []
        if contact is None:
            return []
        found: dict[rules.Channel, object] = {
            "telegram": self._telegram and contact["telegram_chat"] and not contact["telegram_off"],
            "email": self._mail and contact["email"],
            "sms": self._sms and sms and contact["phone"],
        }
        return [channel for channel, reaches in found.items() if reaches]

    async def add(
        self,
        connection: Connection,
        notification: Notification,
        channel: str,
        status: str,
        *,
        reason: str | None = None,
        due_at: datetime | None = None,
    ) -> None:
        """Keep a message by a channel; one that is queued is left to the outbox."""
        values = {
            "user": notification.user_id,
            "kind": notification.kind,
            "key": notification.key,
            "email": notification.email,
        }
        values |= {"channel": channel, "status": status, "reason": reason}
        row = await _one(connection, "add_message", data=Jsonb(notification.data), due_at=due_at, **values)
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


def _due_at(notification: Notification, contact: DictRow | None) -> datetime | None:
    """Return when the digest is due that a message goes into; None for a message that is sent by itself."""
    if contact is None or notification.email is not None or not KINDS[notification.kind].gathered:
        return None
    return rules.digest_due(datetime.now(UTC), contact["digest"], contact["timezone"])


def _wanted(row: DictRow) -> Notification:
    return Notification(row["user_id"], row["kind"], row["key"], row["data"], row["email"])
