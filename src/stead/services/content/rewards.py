"""Points for registrations: messages in the outbox, and their delivery.

The award goes out with the change that earns it, in the same transaction, and so does its reversal; the jobs of one
registration share a lock, so the reversal is delivered after the award. The registration's `points` column has the
state of the award. A cancellation withdraws an award before its first attempt; after an attempt the outcome is unknown
until the points service answers, so it is delivered and then reversed. Rejected: dropping the award of a cancelled
registration, which loses track of points when the first attempt timed out after it arrived.
"""

import logging
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from stead.kit.outbox import Outbox
from stead.services.content.contract import Points

AWARD = "award"
REVERSE = "reverse"
_SHOWN: dict[str, Points] = {"pending": "pending", "sending": "pending", "awarded": "awarded"}
_MAY_HAVE_ARRIVED = frozenset({"sending", "awarded"})

logger = logging.getLogger(__name__)


class AwardDue(Struct, frozen=True):
    """A registration has earned points."""

    registration_id: UUID
    user_id: str
    amount: int
    occurred_at: datetime


class ReversalDue(Struct, frozen=True):
    """A registration whose points may have been awarded was cancelled."""

    registration_id: UUID


class Rewards:
    """The awards of registrations. Without an outbox there is no points service, and there are no awards."""

    def __init__(self, outbox: Outbox | None, amount: int) -> None:
        self._outbox = outbox
        self._amount = amount

    @property
    def first(self) -> str:
        """Return where the points of a new seat stand."""
        return "pending" if self._outbox else "none"

    async def earned(self, connection: AsyncConnection[DictRow], registration: DictRow, now: datetime) -> None:
        """Award the points of a new seat."""
        if self._outbox:
            due = AwardDue(registration["id"], registration["user_id"], self._amount, now)
            await self._outbox.put(connection, AWARD, due, lock=_lock(registration))

    async def lost(self, connection: AsyncConnection[DictRow], registration: DictRow) -> None:
        """Reverse the award of a cancelled registration."""
        if registration["points"] not in _MAY_HAVE_ARRIVED:
            return
        if self._outbox is None:
            logger.warning(
                "there is no points service to reverse the award", extra={"registration": str(registration["id"])}
            )
            return
        await self._outbox.put(connection, REVERSE, ReversalDue(registration["id"]), lock=_lock(registration))


def shown(points: str) -> Points | None:
    """Return the state of the points for the user."""
    return _SHOWN.get(points)


def _lock(registration: DictRow) -> str:
    return f"registration:{registration['id']}"
