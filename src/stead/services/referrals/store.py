"""The referral service's database: codes and attributions.

Attributions are judged one at a time, under one advisory lock of the whole graph: with it A→B and B→A, or a ring of any
length, cannot both pass. Locking only the roots of the two trees would let attributions run side by side, but a root
may change while one waits for it, so each would have to begin again; at a millisecond an attribution, and one per
sign-up at the most, the plain lock is enough.
"""

from datetime import datetime, timedelta

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.services.referrals import rules
from stead.services.referrals.contract import (
    Attributed,
    Attribution,
    Code,
    Referral,
    Referrals,
    Settled,
    Statistics,
    Tree,
)

QUERIES = Queries.beside(__file__)
FIRST_PAGE = 2**63 - 1
DEEPEST = 5  # levels of a tree
LARGEST = 500  # users of a tree in one answer

Connection = AsyncConnection[DictRow]


class Invitations:
    """Codes and attributions. The methods that take a connection run inside the caller's transaction."""

    def __init__(self, database: Database, window: timedelta) -> None:
        self._database = database
        self._window = window

    async def code(self, user: str) -> Code:
        """Return the user's active code, created at the first request."""
        async with self._database.connection() as connection:
            return Code(await _live(connection, user) or await _make(connection, user))

    async def rotate(self, connection: Connection, user: str) -> Code:
        """Revoke the live code and return a new one."""
        while True:  # a rotation that ran at the same time made a code: it is removed, too
            await connection.execute(QUERIES["revoke_code"], {"user": user})
            if made := await _add(connection, user):
                return Code(made)

    async def attribute(self, connection: Connection, attribution: Attribution) -> Attributed:
        """Record the referrer of a referee; HttpProblem when a rule forbids it."""
        await connection.execute(QUERIES["lock_graph"])
        code = rules.normal(attribution.code)
        facts = await _facts(connection, attribution, code)
        if wrong := rules.fault(facts, self._window):
            raise HttpProblem(rules.STATUS[wrong], wrong, rules.DETAIL[wrong])
        assert facts.referrer is not None
        pair = {"referee": attribution.referee, "referrer": facts.referrer}
        await connection.execute(QUERIES["attribute"], {**pair, "code": code})
        return Attributed(facts.referrer)

    async def first_login(self, connection: Connection, referee: str) -> Settled:
        """Note the referee's first login after the attribution; the referrer is named once."""
        row = await (await connection.execute(QUERIES["first_login"], {"referee": referee})).fetchone()
        return Settled(row["referrer"] if row else None)

    async def statistics(self, user: str) -> Statistics:
        """Count the user's tree."""
        async with self._database.connection() as connection:
            values = {"user": user, "depth": DEEPEST}
            row = await (await connection.execute(QUERIES["statistics"], values)).fetchone()
        assert row is not None
        return Statistics(row["direct"], row["indirect"], row["first_logins"])

    async def tree(self, user: str, depth: int) -> Tree:
        """Return the user's tree to a depth."""
        values = {"user": user, "depth": depth, "limit": LARGEST + 1}
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["tree"], values)).fetchall()
        known = [(row["referee"], row["referrer"], row["attributed_at"]) for row in rows[:LARGEST]]
        return Tree(rules.branches(known, user), complete=len(rows) <= LARGEST)

    async def referred_by(self, user: str, limit: int, before: int) -> Referrals:
        """Return one page of the users whom a user referred, newest first."""
        values = {"user": user, "before": before, "limit": limit + 1}
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["referrals"], values)).fetchall()
        page = [Referral(row["referee"], row["attributed_at"]) for row in rows[:limit]]
        return Referrals(page, str(rows[limit - 1]["ordinal"]) if len(rows) > limit else None)


async def _live(connection: Connection, user: str) -> str | None:
    row = await (await connection.execute(QUERIES["live_code"], {"user": user})).fetchone()
    return row["code"] if row else None


async def _add(connection: Connection, user: str) -> str | None:
    row = await (await connection.execute(QUERIES["add_code"], {"user": user, "code": rules.new_code()})).fetchone()
    return row["code"] if row else None


async def _make(connection: Connection, user: str) -> str:
    while True:  # no row: a request at the same time was first, or the code exists; look, then draw again
        if code := await _add(connection, user) or await _live(connection, user):
            return code


async def _facts(connection: Connection, attribution: Attribution, code: str) -> rules.Facts:
    referrer, referee = await _owner(connection, code), attribution.referee
    known, now = await _known(connection, referee)
    ancestor = referrer is not None and await _is_ancestor(connection, referee, referrer)
    return rules.Facts(referrer, referee, known, ancestor, attribution.occurred_at, now)


async def _owner(connection: Connection, code: str) -> str | None:
    if not rules.looks_real(code):
        return None
    row = await (await connection.execute(QUERIES["owner"], {"code": code})).fetchone()
    return row["user_id"] if row else None


async def _known(connection: Connection, referee: str) -> tuple[bool, datetime]:
    row = await (await connection.execute(QUERIES["known"], {"referee": referee})).fetchone()
    assert row is not None
    return row["known"], row["now"]


async def _is_ancestor(connection: Connection, referee: str, referrer: str) -> bool:
    pair = {"referee": referee, "referrer": referrer}
    row = await (await connection.execute(QUERIES["ancestor"], pair)).fetchone()
    return bool(row and row["ancestor"])
