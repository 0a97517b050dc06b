"""Sessions in PostgreSQL: each step is one statement, or a few in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from stead.kit.database import Connection, Database
from stead.kit.sql import Queries
from stead.services.sessions.contract import Session
from stead.services.sessions.rules import Limits, SessionState
from stead.services.sessions.store.port import CLAIM_HOURS, MOST_LISTED, Claim, Fresh, Replayed

SWEEPS = 16  # logins for one sweep, which removes ten times as many at the most
QUERIES = Queries.beside(__file__)

Row = dict[str, Any]


class PostgresStore:
    """The store in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> datetime:
        row = await self._row("now", {})
        assert row
        moment: datetime = row["now"]
        return moment

    async def create(self, fresh: Fresh, limits: Limits) -> Session | Replayed:
        async def work(connection: Connection) -> Session | Replayed:
            if fresh.claim and (earlier := await _claim(connection, fresh, fresh.claim)):
                return earlier
            session = await _create(connection, fresh, limits)
            if fresh.claim:
                ends = {"expires_at": session.expires_at, "idle_expires_at": session.idle_expires_at}
                await connection.execute(QUERIES["claim_made"], {"key": fresh.claim.key, **ends})
            return session

        made = await self._database.run(work)
        if fresh.digest[0] < 256 // SWEEPS:
            await self._sweep()
        return made

    async def find(self, digests: Sequence[bytes]) -> Mapping[bytes, SessionState]:
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["find"], {"digests": list(digests)})).fetchall()
        return {row["digest"]: _found(row) for row in rows}

    async def extend(self, session_id: str, idle: timedelta) -> Session | None:
        return _maybe(await self._row("extend", {"id": session_id, "idle": idle}))

    async def rotate(
        self, session_id: str, digest: bytes, successor: bytes, nonce: bytes, limits: Limits
    ) -> Session | None:
        what = {"id": session_id, "digest": digest, "successor": successor, "nonce": nonce, "idle": limits.idle}

        async def work(connection: Connection) -> Session | None:
            # The session's row first: anyone who rotates or ends it beside this waits here.
            row = await (await connection.execute(QUERIES["extend"], what)).fetchone()
            if row is None or not await (await connection.execute(QUERIES["retire"], what)).fetchone():
                return None
            await connection.execute(QUERIES["show"], what)
            return _session(row)

        return await self._database.run(work)

    async def owner(self, session_id: str) -> str | None:
        row = await self._row("owner", {"id": session_id})
        return row["user_id"] if row else None

    async def end(self, session_id: str, user_id: str | None = None) -> bool:
        return await self._row("end", {"id": session_id, "user": user_id}) is not None

    async def end_all(self, user_id: str, keep: str | None = None) -> None:
        async def work(connection: Connection) -> None:
            row = await (await connection.execute(QUERIES["end_all"], {"user": user_id})).fetchone()
            if row and keep:
                await connection.execute(QUERIES["keep"], {"user": user_id, "keep": keep, "epoch": row["epoch"]})

        await self._database.run(work)

    async def of_user(self, user_id: str) -> Sequence[Session]:
        async with self._database.connection() as connection:
            values = {"user": user_id, "most": MOST_LISTED}
            rows = await (await connection.execute(QUERIES["of_user"], values)).fetchall()
        return [_session(row) for row in rows]

    async def _sweep(self) -> None:
        async with self._database.connection() as connection:
            await connection.execute(QUERIES["sweep"], {"remembered": timedelta(hours=CLAIM_HOURS)})

    async def _row(self, query: str, what: Row) -> Row | None:
        async with self._database.connection() as connection:
            return await (await connection.execute(QUERIES[query], what)).fetchone()


async def _create(connection: Connection, fresh: Fresh, limits: Limits) -> Session:
    user = fresh.user
    what = {"id": fresh.id, "digest": fresh.digest, "idle": limits.idle, "absolute": limits.absolute}
    who = {"user": user.user_id, "method": user.method, "roles": list(user.roles), "device": user.device}
    row = await (await connection.execute(QUERIES["create"], {**what, **who})).fetchone()
    assert row
    return _session(row)


async def _claim(connection: Connection, fresh: Fresh, claim: Claim) -> Replayed | None:
    """Take the claim; return what was made with it when someone was first."""
    what = {"key": claim.key, "body": claim.body, "nonce": fresh.nonce, "id": fresh.id}
    if await (await connection.execute(QUERIES["claim"], what)).fetchone():
        return None
    row = await (await connection.execute(QUERIES["claimed"], what)).fetchone()
    assert row
    return Replayed(row["body"], row["nonce"], row["session_id"], row["expires_at"], row["idle_expires_at"])


def _found(row: Row) -> SessionState:
    return SessionState(
        session=_session(row),
        epoch=row["epoch"],
        user_epoch=row["user_epoch"],
        ended=row["ended_at"] is not None,
        now=row["now"],
        retired_at=row["retired_at"],
        nonce=row["nonce"] or b"",
    )


def _maybe(row: Row | None) -> Session | None:
    return _session(row) if row else None


def _session(row: Row) -> Session:
    times = (row["created_at"], row["used_at"], row["expires_at"], row["idle_expires_at"])
    return Session(row["id"], row["user_id"], row["method"], tuple(row["roles"]), row["device"], *times)
