"""The tokens with their data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.services.tokens.contract import Listed

SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A token about to be made: all that is stored of it."""

    id: str
    user_id: str
    digest: bytes
    name: str
    hint: str
    scopes: tuple[str, ...]
    days: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What a live token stands for; `remaining` is its life in seconds, as the database saw it."""

    token_id: str
    user_id: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    remaining: float


class Store:
    """Tokens in PostgreSQL."""

    def __init__(self, database: Database, *, most: int) -> None:
        self._database = database
        self._most = most

    async def insert(self, connection: Connection, draft: Draft) -> tuple[datetime, datetime]:
        """Keep a new token and return from when until when it holds. Refuses 409 beyond the user's limit."""
        user = {"user_id": draft.user_id}
        await connection.execute(SQL["lock_user"], user)
        if await (await connection.execute(SQL["is_gone"], user)).fetchone():
            raise HttpProblem(403, "user_deleted", "This user was deleted.")
        await connection.execute(SQL["forget_ended"], user)
        counted = await (await connection.execute(SQL["count"], user)).fetchone()
        if counted is None or counted["live"] >= self._most:
            raise HttpProblem(409, "too_many_tokens", f"A user may have {self._most} tokens; revoke one first.")
        values = {name: getattr(draft, name) for name in ("id", "digest", "name", "hint", "days")}
        inserted = await connection.execute(SQL["insert"], {**user, **values, "scopes": list(draft.scopes)})
        row = await inserted.fetchone()
        assert row is not None  # INSERT … RETURNING returns the row
        return row["created_at"], row["expires_at"]

    async def list(self, user_id: str) -> Sequence[Listed]:
        async with self._database.connection() as connection:
            rows = await (await connection.execute(SQL["list"], {"user_id": user_id})).fetchall()
        return [msgspec.convert(row, Listed) for row in rows]

    async def revoke(self, user_id: str, token_id: str) -> bool:
        """End a token; False when the user has none of that id."""
        async with self._database.connection() as connection:
            revoked = await connection.execute(SQL["revoke"], {"id": token_id, "user_id": user_id})
            return await revoked.fetchone() is not None

    async def end(self, user_id: str) -> None:
        """Revoke all tokens of a deleted user, and let none be made; creations wait, or are waited for."""
        user = {"user_id": user_id}
        async with self._database.transaction() as connection:
            for name in ("lock_user", "note_gone", "revoke_all"):
                await connection.execute(SQL[name], user)

    async def find(self, digest: bytes) -> Grant | None:
        """Return the data of a token; None when it is unknown, revoked or expired, without a distinction."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(SQL["find"], {"digest": digest})).fetchone()
        if row is None:
            return None
        return Grant(
            row["id"], row["user_id"], tuple(row["scopes"]), row["created_at"], row["expires_at"], row["remaining"]
        )
