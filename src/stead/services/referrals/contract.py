"""What goes over the wire to and from the referral service, and its typed client.

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
    """Who was brought, by whose code.

    code         as the new user wrote it: case, spaces and hyphens do not matter
    referee      the new user
    occurred_at  when they signed up; left out, the attribution window is not asked
    """

    code: CodeText
    referee: UserId
    occurred_at: Moment | None = None


class Attributed(Struct, frozen=True):
    """Who brought them."""

    referrer: str


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """The code of who brought me, said by myself after the sign-up."""

    code: CodeText


class FirstLogin(Struct, frozen=True, forbid_unknown_fields=True):
    """A user has logged in."""

    referee: UserId


class Settled(Struct, frozen=True):
    """Who brought a user that has logged in for the first time; None where nobody did, or it was told before."""

    referrer: str | None = None


class Statistics(Struct, frozen=True):
    """What my code has brought.

    direct        users whom I brought
    indirect      users whom those brought, and so on, five levels down
    first_logins  users whom I brought and who have logged in
    """

    direct: int
    indirect: int
    first_logins: int


class Branch(Struct, frozen=True):
    """A user of my tree, and those whom they brought, the oldest first."""

    referee: str
    attributed_at: datetime
    referrals: list["Branch"] = []


class Tree(Struct, frozen=True):
    """Whom I brought, and whom they brought; `complete` is False where it was cut off at 500 users."""

    referrals: list[Branch]
    complete: bool


class Referral(Struct, frozen=True):
    """One user whom I brought."""

    referee: str
    attributed_at: datetime


class Referrals(Struct, frozen=True):
    """Whom I brought, newest first; `next` goes into `after` for the following page."""

    referrals: list[Referral]
    next: str | None = None


class ReferralsClient:
    """The referral service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def attribute(self, attribution: Attribution, *, key: str) -> Attributed:
        """Record who brought a user; the same key again gets the same answer."""
        return await self._peer.ask(
            "POST", "/v1/attributions", operation="attribute", body=attribution, answer=Attributed, key=key
        )

    async def first_login(self, login: FirstLogin, *, key: str) -> Settled:
        """Say that a user has logged in; the same key again gets the same answer."""
        return await self._peer.ask(
            "POST", "/v1/first-logins", operation="attribute", body=login, answer=Settled, key=key
        )
