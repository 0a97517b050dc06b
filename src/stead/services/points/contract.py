"""What goes over the wire to and from the points service, and its typed client.

Amounts are whole points, 1 to 2^53: up to there every JSON reader sees the exact number. Times are RFC 3339.

Refusals, by code:
    awards      429 `velocity_cap` with Retry-After; 422 `balance_limit`: the balance would exceed 2^53
    reversals   404 `entry_unknown`; 409 `not_reversible`: it is not an award; 409 `already_reversed`; 409
                `exceeds_remainder`: more than is left of the award; 409 `points_spent`: the balance is too small
    both        400 `idempotency_key_required`; 422 `idempotency_key_reused`: the key stands for another body
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from msgspec import Meta, Struct

from stead.kit.display_text import DISPLAY_TEXT
from stead.kit.user import UserId

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

LARGEST = 2**53
LARGEST_BATCH = 256
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, tzinfo=UTC)

Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=DISPLAY_TEXT)]
# The look-ahead, rather than a closing `$`, because Python's `$` lets a last line feed pass.
Key = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^(?![\s\S]*[^!-~])")]
Amount = Annotated[int, Meta(ge=1, le=LARGEST)]
Moment = Annotated[datetime, Meta(tz=True)]
Kind = Literal["award", "reversal", "spend"]


class Award(Struct, frozen=True, forbid_unknown_fields=True):
    """Points for a user.

    occurred_at  when it was earned, as the caller knows it: kept with the entry. The cap does not look at it: its
                 window goes by the database's clock at the moment of the award
    """

    user_id: UserId
    amount: Amount
    reason: Reason
    occurred_at: Moment | None = None

    def __post_init__(self) -> None:
        if self.occurred_at is not None and not EARLIEST <= self.occurred_at < LATEST:
            raise ValueError("`occurred_at` lies between 1970 and 9999")


class Awarded(Struct, frozen=True):
    """The entry that was made, and the balance after it."""

    entry_id: str
    user_id: str
    amount: int
    balance: int


class KeyedAward(Award, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One award of a batch, with the key that would otherwise be in the header."""

    key: Key

    def award(self) -> Award:
        return Award(self.user_id, self.amount, self.reason, self.occurred_at)


class AwardBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 256 awards, each judged on its own, those of one user in this order; no key twice."""

    awards: Annotated[tuple[KeyedAward, ...], Meta(min_length=1, max_length=LARGEST_BATCH)]

    def __post_init__(self) -> None:
        if len({award.key for award in self.awards}) < len(self.awards):
            raise ValueError("a key is in `awards` more than once")


class AwardResult(Struct, frozen=True, omit_defaults=True):
    """What became of one award of a batch: the status and the code that it would have had on its own."""

    key: str
    status: Annotated[int, Meta(description="201, 422 or 429")]
    replayed: bool
    code: str | None = None
    retry_after: int | None = None
    entry_id: str | None = None
    balance: int | None = None


class AwardResults(Struct, frozen=True):
    """A result for each award, in the order of the request."""

    results: tuple[AwardResult, ...]


class Reversal(Struct, frozen=True, forbid_unknown_fields=True):
    """Points to take back from an award; without an amount, all that is left of it."""

    reason: Reason
    amount: Amount | None = None


class Reversed(Struct, frozen=True):
    """The entry that took points back. `amount` is what it took, `remainder` what is left of the award after it."""

    entry_id: str
    reverses: str
    user_id: str
    amount: int
    balance: int
    remainder: int


class Balance(Struct, frozen=True):
    """A user's points; 0 for a user who never had any."""

    user_id: str
    balance: int


class Entry(Struct, frozen=True):
    """One movement: `amount` is negative when points were taken, `balance` is what there was after it."""

    entry_id: str
    kind: Kind
    amount: int
    balance: int
    reason: str
    created_at: datetime
    occurred_at: datetime | None
    reverses: str | None


class Entries(Struct, frozen=True):
    """Movements, newest first; `next` goes into `after` for the following page."""

    entries: tuple[Entry, ...]
    next: str | None = None


class PointsClient:
    """The points service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def award(self, award: Award, *, key: str) -> Awarded:
        """Award points; the same key again gets the same answer, and no more points."""
        return await self._peer.ask("POST", "/v1/awards", operation="award", body=award, answer=Awarded, key=key)

    async def award_batch(self, batch: AwardBatch) -> AwardResults:
        """Award points to many; each award has its own key, so all of it may be sent again."""
        return await self._peer.ask("POST", "/v1/awards/batch", operation="award", body=batch, answer=AwardResults)

    async def reverse(self, entry_id: str, reversal: Reversal, *, key: str) -> Reversed:
        """Take back an award, or a part of it."""
        path = f"/v1/entries/{quote(entry_id, safe='')}/reversals"
        return await self._peer.ask("POST", path, operation="reverse", body=reversal, answer=Reversed, key=key)

    async def balance(self, user_id: str) -> Balance:
        """Return a user's points."""
        path = f"/v1/users/{quote(user_id, safe='')}/balance"
        return await self._peer.ask("GET", path, operation="read", answer=Balance)
