"""Pure functions of the ledger: ids of entries, equality of requests, texts of refusals.

The decisions that need a lock (the cap, the remainder) are made in PostgreSQL, under it: `migrations/`.
"""

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec

from stead.services.points.contract import Award, Reversal

ENTRY_ID = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,17})")

_encode = msgspec.json.Encoder().encode


class EntryId(NamedTuple):
    """An entry is known by its account and its place there; as text, `42-7`. So it needs no index of its own."""

    account: int
    seq: int

    def __str__(self) -> str:
        return f"{self.account}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> "EntryId | None":
        """Parse an id; None for a malformed one."""
        match = ENTRY_ID.fullmatch(text)
        return cls(int(match[1]), int(match[2])) if match else None


def award_hash(award: Award) -> bytes:
    """Return the fingerprint of a request with a key.

    It is made from the meaning, not from the bytes that came: an award sent alone and the same award in a batch are
    one, however the JSON was written.
    """
    moment = award.occurred_at.astimezone(UTC) if award.occurred_at else None
    return _hash("award", award.user_id, award.amount, award.reason, moment)


def reversal_hash(entry: EntryId, reversal: Reversal) -> bytes:
    return _hash("reversal", str(entry), reversal.amount, reversal.reason)


def _hash(*meaning: str | int | datetime | None) -> bytes:
    return sha256(_encode(meaning)).digest()


STATUS = {
    "granted": 201,
    "reversed": 201,
    "replayed": 201,
    "idempotency_key_reused": 422,
    "velocity_cap": 429,
    "balance_limit": 422,
    "entry_unknown": 404,
    "not_reversible": 409,
    "already_reversed": 409,
    "exceeds_remainder": 409,
    "points_spent": 409,
}

DETAIL = {
    "idempotency_key_reused": "This Idempotency-Key was used with another request.",
    "velocity_cap": "The user has reached the cap of one window.",
    "balance_limit": "The balance would exceed 2^53.",
    "entry_unknown": "There is no such entry.",
    "not_reversible": "Only an award can be reversed.",
    "already_reversed": "This award is fully reversed already.",
    "exceeds_remainder": "The amount exceeds the rest of this award.",
    "points_spent": "The user has spent points of this award: the balance is too small.",
}
