"""Digests: the collected messages of a user and channel as one message, at the user's chosen hour."""

from collections.abc import Iterator, Sequence
from functools import partial

from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.periodic_task import PeriodicTask
from stead.services.notifications.contract import Notification
from stead.services.notifications.sender import QUERIES, Sender
from stead.services.notifications.templates import DIGEST, render

LONGEST = 3500  # characters: Telegram takes 4096. What is left over is a digest of its own


class Digests:
    """The messages that wait to be gathered. Several replicas may search at once: rows are taken under their locks."""

    def __init__(self, database: Database, sender: Sender) -> None:
        self._database = database
        self._sender = sender

    async def send_due(self) -> None:
        """Leave every digest that is due to the outbox."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["digests_due"])).fetchall()
        for row in rows:
            await self._database.run(partial(self._gather, row["user_id"], row["channel"]))

    async def _gather(self, user: str, channel: str, connection: Connection) -> None:
        values = {"user": user, "channel": channel}
        rows = await (await connection.execute(QUERIES["gathered"], values)).fetchall()
        contact = await (await connection.execute(QUERIES["contact"], {"user": user})).fetchone()
        locale = contact["locale"] if contact else "ru"
        for part in _parts([(row, f"• {render(row['kind'], locale, row['data']).text}") for row in rows]):
            ids = [row["id"] for row, _ in part]
            text = "\n".join(line for _, line in part)
            digest = Notification(user, DIGEST, f"digest:{ids[0]}", {"text": text})
            await self._sender.add(connection, digest, channel, "queued")
            await connection.execute(QUERIES["end_gathered"], {"ids": ids, "reason": digest.key})


def _parts(lines: Sequence[tuple[DictRow, str]]) -> Iterator[list[tuple[DictRow, str]]]:
    """Split lines so that the text of each part is not too long for any channel."""
    part: list[tuple[DictRow, str]] = []
    for row, line in lines:
        if part and sum(len(each) + 1 for _, each in part) + len(line) > LONGEST:
            yield part
            part = []
        part.append((row, line))
    if part:
        yield part


def periodic(digests: Digests, every: float) -> PeriodicTask:
    return PeriodicTask("digests", digests.send_due, every)
