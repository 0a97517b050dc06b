"""Ledger: the points in PostgreSQL. Every write is one call of one SQL function, so one round trip.

A write is tried again for a serialization failure, a deadlock, a lock not had in time, or a key that another write took
in the very same moment; never after a lost connection: then nobody knows whether the commit happened, and the caller's
key settles it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from random import uniform
from typing import NamedTuple, TypeVar

import psycopg
from msgspec import Struct, json
from psycopg import errors
from psycopg.rows import tuple_row

from stead.kit.database import AGAIN, ATTEMPTS, Database
from stead.kit.sql import Queries
from stead.services.points.contract import LARGEST, Award, Balance, Entries, Entry, Kind, Reversal
from stead.services.points.rules import EntryId, award_hash, reversal_hash

logger = logging.getLogger(__name__)

SQL = Queries.beside(__file__)
TRY_AGAIN = (*AGAIN, errors.UniqueViolation)

T = TypeVar("T")


class Claim(NamedTuple):
    """An award that someone asks for; the key belongs to the caller."""

    caller: str
    key: str
    award: Award


class Outcome(NamedTuple):
    """What became of a claim: `granted`, `replayed`, or the code of a refusal."""

    code: str
    entry: EntryId
    balance: int
    wait: int | None  # seconds until the cap has room


class ReversalOutcome(NamedTuple):
    """What became of a request to take points back: `reversed`, `replayed`, or the code of a refusal."""

    code: str
    user_id: str
    entry: EntryId
    amount: int
    balance: int
    remainder: int


class Line(Struct, frozen=True):
    """A claim as the function `award` reads it."""

    n: int
    caller: str
    key: str
    body_hash: str
    user_id: str
    amount: int
    reason: str
    event_at: datetime | None


class Ledger:
    """Awards, reversals, balances and history.

    One user may earn `cap` points within `seconds`. At most `workers` batches run at once: further ones would hold
    connections, only to wait for the locks of the others.
    """

    def __init__(self, database: Database, cap: int, seconds: int, *, workers: int = 4) -> None:
        self._database = database
        self._rule = (min(cap, LARGEST), seconds)
        self._workers = asyncio.Semaphore(workers)
        self._encode = json.Encoder().encode

    async def award(self, claims: Sequence[Claim]) -> list[Outcome | Exception]:
        """Judge claims in their order, in one transaction; the answers are in that order. No (caller, key) twice.

        A batch that PostgreSQL rejects as a whole is done again claim by claim, so that one cannot spoil the others;
        an exception then is in the place of its outcome.
        """
        try:
            return [*await _with_retry(lambda: self._award(claims))]
        except psycopg.Error as error:
            if len(claims) == 1:
                return [error]
            logger.warning("a batch failed; now claim by claim", exc_info=error, extra={"claims": len(claims)})
        return [outcome for claim in claims for outcome in await self.award([claim])]

    async def _award(self, claims: Sequence[Claim]) -> list[Outcome]:
        lines = self._encode([_line(n, claim) for n, claim in enumerate(claims)]).decode()
        async with self._workers, self._database.connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            await cursor.execute(SQL["award"], (lines, *self._rule), prepare=True)
            rows = await cursor.fetchall()
        rows.sort()
        return [Outcome(code, EntryId(account, seq), balance, wait) for _, code, account, seq, balance, wait in rows]

    async def reverse(self, caller: str, key: str, entry: EntryId, reversal: Reversal) -> ReversalOutcome:
        """Take back an award, or a part of it."""
        values = {
            "caller": caller,
            "key": key,
            "hash": reversal_hash(entry, reversal),
            "account": entry.account,
            "seq": entry.seq,
            "part": reversal.amount,
            "reason": reversal.reason,
        }
        return await _with_retry(lambda: self._reverse(entry.account, values))

    async def _reverse(self, account: int, values: dict[str, object]) -> ReversalOutcome:
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            await cursor.execute(SQL["reverse"], values)
            [(code, user_id, seq, amount, balance, remainder)] = await cursor.fetchall()
        return ReversalOutcome(code, user_id, EntryId(account, seq), amount, balance, remainder)

    async def balance(self, user_id: str) -> Balance:
        """Return a user's points; 0 for a user who never had any."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(SQL["balance"], {"user_id": user_id})).fetchone()
        return Balance(user_id, row["balance"] if row else 0)

    async def entries(self, user_id: str, limit: int, after: EntryId | None) -> Entries:
        """Return a page of a user's movements, newest first, beginning with the one before `after`."""
        account, seq = after or (None, None)
        values = {"user_id": user_id, "limit": limit, "account": account, "seq": seq}
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            await cursor.execute(SQL["entries"], values)
            found = [_entry(*row) for row in await cursor.fetchall()]
        page = tuple(found[:limit])
        return Entries(page, page[-1].entry_id if len(found) > limit else None)


async def _with_retry(work: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, ATTEMPTS):
        try:
            return await work()
        except TRY_AGAIN:
            await asyncio.sleep(uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
    return await work()


def _line(n: int, claim: Claim) -> Line:
    caller, key, award = claim
    digest = f"\\x{award_hash(award).hex()}"
    return Line(n, caller, key, digest, award.user_id, award.amount, award.reason, award.occurred_at)


def _entry(
    account: int,
    seq: int,
    kind: Kind,
    amount: int,
    balance: int,
    reason: str,
    created_at: datetime,
    event_at: datetime | None,
    reverses: int | None,
) -> Entry:
    original = str(EntryId(account, reverses)) if reverses else None
    return Entry(str(EntryId(account, seq)), kind, amount, balance, reason, created_at, event_at, original)
