"""The table of interactions."""

from dataclasses import dataclass
from datetime import datetime

from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.kit.sql import Queries

SQL = Queries.beside(__file__)
MIGRATIONS = Migrations.beside(__file__, "interactions")
LONGEST = 4096  # characters of a message, as Telegram has it
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Interaction:
    """Something that a user said to the bot."""

    id: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """How often a user spoke to the bot, and when first and last."""

    interactions: int
    first: datetime | None
    last: datetime | None


class Interactions:
    """What was said, by whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, update_id: int, user_id: str, text: str) -> None:
        """Write one down; the same update again changes nothing."""
        given = {"update_id": update_id, "user_id": user_id, "text": text[:LONGEST].replace("\0", "")}
        async with self._database.connection() as connection:
            await connection.execute(SQL["note"], given)

    async def of_user(self, user_id: str, limit: int, before: int = NEWEST) -> list[Interaction]:
        """Return a user's newest first."""
        given = {"user_id": user_id, "limit": limit, "before": before}
        async with self._database.connection() as connection:
            rows = await (await connection.execute(SQL["of_user"], given)).fetchall()
        return [Interaction(row["id"], row["text"], row["at"]) for row in rows]

    async def summary(self, user_id: str) -> Summary:
        async with self._database.connection() as connection:
            row = await (await connection.execute(SQL["count"], {"user_id": user_id})).fetchone()
        assert row
        return Summary(row["interactions"], row["first"], row["last"])
