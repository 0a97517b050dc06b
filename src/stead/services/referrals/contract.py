"""The wire types of the referral service, and its typed client.

Errors of `POST /v1/attributions`, by code: 404 `unknown_code` (never made, or revoked: alike), 422 `self_referral`,
409 `already_attributed`, 422 `window_over`, 422 `referral_cycle`; the first that applies, in this order.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from stead.kit.user import UserId

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

# PostgreSQL stores no NUL, and an identifier has no use for the other control characters.
CodeText = Annotated[str, Meta(min_length=1, max_length=64)]
Moment = Annotated[datetime, Meta(tz=True)]


class Code(Struct, frozen=True):
    """A user's referral code: ten characters without I, L, O and U."""

    code: str


class Attribution(Struct, frozen=True, forbid_unknown_fields=True):
    """A new user with a referral code.

    code         as the new user wrote it: case, spaces and hyphens do not matter
    referee      the new user
    occurred_at  when they signed up; left out, the attribution window is not asked
    """

    code: CodeText
    referee: UserId
    occurred_at: Moment | None = None


class Attributed(Struct, frozen=True):
    """The referrer of a user."""

    referrer: str


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """The code of my referrer, given after the sign-up."""

    code: CodeText


class FirstLogin(Struct, frozen=True, forbid_unknown_fields=True):
    """A user has logged in."""

    referee: UserId


class Settled(Struct, frozen=True):
    """The referrer of a user after the first login; None without one, or after a repetition."""

    referrer: str | None = None


class Statistics(Struct, frozen=True):
    """The numbers of users by my code.

    direct        users whom I brought
    indirect      users whom those brought, and so on, five levels down
    first_logins  users whom I brought and who have logged in
    """

    direct: int
    indirect: int
    first_logins: int


class Branch(Struct, frozen=True):
    """A user of my tree with the users whom it referred, the oldest first."""

    referee: str
    attributed_at: datetime
    referrals: list["Branch"] = []


class Tree(Struct, frozen=True):
    """Whom I brought, and whom they brought; `complete` is False where it was cut off at 500 users."""

    referrals: list[Branch]
    complete: bool


class Referral(Struct, frozen=True):
    """One user whom I referred."""

    referee: str
    attributed_at: datetime


class Referrals(Struct, frozen=True):
    """The users whom I referred, newest first; `next` is the value of `after` for the next page."""

    referrals: list[Referral]
    next: str | None = None


class ReferralsClient:
    """The referral service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def attribute(self, attribution: Attribution, *, key: str) -> Attributed:
        """Record the referrer of a user; a repeated key returns the same response."""
        return await self._peer.ask(
            "POST", "/v1/attributions", operation="attribute", body=attribution, answer=Attributed, key=key
        )

    async def first_login(self, login: FirstLogin, *, key: str) -> Settled:
        """Record a user's first login; a repeated key returns the same response."""
        return await self._peer.ask(
            "POST", "/v1/first-logins", operation="attribute", body=login, answer=Settled, key=key
        )
