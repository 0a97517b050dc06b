"""The messages of a sign-up to other services, delivered from the outbox at least once, each with its own key.

Awards are three messages, so that each is retried separately. The amounts are in the message: the award equals the
promise of the sign-up, and a repeated message is the same request. An award waits while the points service is
unavailable or its cap is reached; an attribution ends with the decision of the referral service.
"""

import logging
from datetime import datetime

from msgspec import Struct

from stead.kit.database import Database
from stead.kit.outbox import Outbox
from stead.kit.service_client import CallRefused
from stead.kit.sql import Queries
from stead.services.points.contract import Award, PointsClient
from stead.services.referrals.contract import Attribution, FirstLogin, ReferralsClient
from stead.services.tokens.contract import TokensClient

logger = logging.getLogger(__name__)
SQL = Queries.beside(__file__)
WELCOME, ATTRIBUTION, REFERRAL_AWARD, GOODBYE = "welcome", "attribution", "referral-award", "goodbye"
FIRST_LOGIN = "first-login"


class Welcome(Struct, frozen=True):
    """Award the points for signing up."""

    user_id: str
    amount: int
    occurred_at: datetime


class Attribute(Struct, frozen=True):
    """Resolve the referrer of this user, and award both."""

    referee: str
    code: str
    occurred_at: datetime
    referrer_points: int
    referee_points: int


class Settle(Struct, frozen=True):
    """Check whether this login is the first of a referred user, and award the referrer."""

    referee: str
    session: str
    amount: int


class ReferralAward(Struct, frozen=True):
    """Award one side of a referral."""

    key: str
    user_id: str
    amount: int
    reason: str
    occurred_at: datetime


class Goodbye(Struct, frozen=True):
    """Revoke the API tokens of a deleted user."""

    user_id: str


class Deliveries:
    """The outbox of this service with its handlers. A client is None without that service."""

    def __init__(
        self,
        database: Database,
        points: PointsClient | None,
        referrals: ReferralsClient | None,
        tokens: TokensClient | None = None,
    ) -> None:
        self._database = database
        self._points = points
        self._referrals = referrals
        self._tokens = tokens
        self.outbox = Outbox(
            database,
            handlers={
                WELCOME: (Welcome, self.welcome),
                ATTRIBUTION: (Attribute, self.attribute),
                FIRST_LOGIN: (Settle, self.settle),
                REFERRAL_AWARD: (ReferralAward, self.award_referral),
                GOODBYE: (Goodbye, self.end_tokens),
            },
        )

    async def welcome(self, message: Welcome) -> None:
        """Award the welcome points, and record it."""
        await self._award(message.user_id, message.amount, "signup", message.occurred_at, f"signup:{message.user_id}")
        async with self._database.connection() as connection:
            await connection.execute(SQL["welcomed"], {"user_id": message.user_id})

    async def attribute(self, message: Attribute) -> None:
        """Have the code resolved; both awards are put into the outbox together.

        After a crash in between, the attribution comes again under its key and gets its first answer, so the awards
        are put again: their own keys see to it that they take effect once.
        """
        if self._referrals is None:
            raise LookupError("a referral code waits, but REFERRAL_SERVICE_URL is not set")
        attribution = Attribution(message.code, message.referee, message.occurred_at)
        try:
            attributed = await self._referrals.attribute(attribution, key=f"attribution:{message.referee}")
        except CallRefused as refused:
            if not is_final(refused.status, refused.code):
                raise
            logger.info("no attribution", extra={"user_id": message.referee, "code": refused.code})
            return
        await self._reward(message, attributed.referrer)

    async def settle(self, message: Settle) -> None:
        """Award the referrer for the first login. The award's key contains both users, so it takes effect once."""
        if self._referrals is None:
            raise LookupError("a first login waits, but REFERRAL_SERVICE_URL is not set")
        key = f"first_login:{message.referee}:{message.session}"
        settled = await self._referrals.first_login(FirstLogin(message.referee), key=key)
        if settled.referrer is not None:
            key = f"referral:first_login:{settled.referrer}:{message.referee}"
            await self._award(settled.referrer, message.amount, "referral:first_login", None, key)

    async def award_referral(self, message: ReferralAward) -> None:
        await self._award(message.user_id, message.amount, message.reason, message.occurred_at, message.key)

    async def end_tokens(self, message: Goodbye) -> None:
        if self._tokens is None:
            raise LookupError("a deleted user's tokens wait, but TOKEN_SERVICE_URL is not set")
        await self._tokens.end(message.user_id)

    async def _reward(self, message: Attribute, referrer: str) -> None:
        if self._points is None:
            return
        sides = (("referrer", referrer, message.referrer_points), ("referee", message.referee, message.referee_points))
        async with self._database.transaction() as connection:
            for side, user_id, amount in sides:
                key = f"referral:{message.referee}:{side}"
                award = ReferralAward(key, user_id, amount, f"referral:{side}", message.occurred_at)
                await self.outbox.put(connection, REFERRAL_AWARD, award)

    async def _award(self, user_id: str, amount: int, reason: str, occurred_at: datetime | None, key: str) -> None:
        if self._points is None:
            raise LookupError("an award waits, but POINTS_SERVICE_URL is not set")
        await self._points.award(Award(user_id, amount, reason, occurred_at), key=key)


def is_final(status: int, code: str) -> bool:
    """Return whether the referral service has judged; whatever else it refuses may go well another time."""
    final_refusals = {(404, "unknown_code"), (409, "already_attributed")}
    return (status, code) in final_refusals or status == 422
