"""Delivery of awards and their reversals from the outbox. See `rewards.py` for the order.

Each may be tried more than once, so each asks the registration first and settles it last; between the two stands one
HTTP request, whose key makes the points service do it once, and no transaction is open meanwhile.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.service_client import CallRefused
from stead.services.content.rewards import AwardDue, ReversalDue
from stead.services.content.seating import QUERIES
from stead.services.points.contract import Award, PointsClient, Reversal

# What no later try would fix, by the points service's codes, and what becomes of the points then. Any other refusal is
# tried again, though the outbox would rather end it: a 404 without one of these codes is a wrong address.
NEVER_AWARDED = dict.fromkeys(("invalid_body", "balance_limit", "idempotency_key_reused"), "refused")
NEVER_REVERSED = dict.fromkeys(
    ("invalid_body", "entry_unknown", "not_reversible", "exceeds_remainder", "points_spent", "idempotency_key_reused"),
    "kept",
) | {"already_reversed": "reversed"}
SETTLED = frozenset({"withdrawn", "refused", "reversed", "kept"})

logger = logging.getLogger(__name__)


class DeliveryError(Exception):
    """A delivery that is to be tried again."""


class OutOfOrderError(DeliveryError):
    """A reversal before its award was settled."""


class UnexpectedError(DeliveryError):
    """A refusal that the points service's contract does not know."""


class Delivery:
    """Delivers awards and reversals to the points service."""

    def __init__(self, database: Database, points: PointsClient) -> None:
        self._database = database
        self._points = points

    async def award(self, due: AwardDue) -> None:
        """Award the points of a registration, unless they were withdrawn or are settled."""
        registration = due.registration_id
        if not await self._query("claim_award", id=registration):
            return
        award = Award(due.user_id, due.amount, "registration", due.occurred_at)
        try:
            awarded = await self._points.award(award, key=f"registration:{registration}")
        except CallRefused as refused:
            await self._give_up(registration, NEVER_AWARDED, refused)
        else:
            await self._query("awarded", id=registration, entry=awarded.entry_id)

    async def reverse(self, due: ReversalDue) -> None:
        """Take back the points of a cancelled registration, if it was awarded any."""
        registration = due.registration_id
        row = await self._query("points", id=registration)
        if row is None or row["points"] in SETTLED:
            return
        if row["points"] != "awarded":
            raise OutOfOrderError(f"the award of registration {registration} is not settled yet")
        try:
            await self._points.reverse(row["entry_id"], Reversal("cancelled"), key=f"cancel:{registration}")
        except CallRefused as refused:
            await self._give_up(registration, NEVER_REVERSED, refused)
        else:
            await self._query("settle", id=registration, points="reversed")

    async def _give_up(self, registration: UUID, final: Mapping[str, str], refused: CallRefused) -> None:
        """Settle a permanent refusal; raise a temporary one."""
        if refused.passing:
            raise refused
        if refused.code not in final:
            raise UnexpectedError(str(refused)) from refused
        about = {"registration": str(registration), "status": refused.status, "code": refused.code}
        logger.error("the points service refused for good", extra=about)
        await self._query("settle", id=registration, points=final[refused.code])

    async def _query(self, query: str, **values: Any) -> DictRow | None:
        async with self._database.connection() as connection:
            return await (await connection.execute(QUERIES[query], values)).fetchone()
