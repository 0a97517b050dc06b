"""The wire types of the auth service, and its typed client; and its requests to a users service.

Errors, by code: `POST /v1/verify` 401 `unauthenticated` (whatever was wrong), 503 `verifier_unavailable`, and
`database_unavailable` or `redis_unavailable` where it is noted which initData was taken;
`POST /v1/users/ensure` 503 `users_unavailable`, and 409, 410 or 422 as the users service says it;
`POST /v1/webhooks/clerk` 400 `invalid_webhook` (headers, signature, age or no JSON), 422 `invalid_body`;
`GET /v1/me` 410 `user_deleted`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import uuid4

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from stead.kit.user import UserId

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

WelcomePoints = Literal["none", "pending", "awarded"]
LONGEST_NAME = 128  # characters
JOINERS = "\u200c\u200d"  # they cannot be seen, but Persian words and families of emoji fall apart without them

InitData = Annotated[str, Meta(max_length=8192, description="The query string that Telegram passes to the Mini App.")]
Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]


class Credential(Struct, frozen=True, forbid_unknown_fields=True):
    """A user's credential: exactly one of a token and a Mini App's initData."""

    token: str | None = None
    init_data: InitData | None = None

    def __post_init__(self) -> None:
        if (self.token is None) == (self.init_data is None):
            raise ValueError("give exactly one of token and init_data")

    def __repr__(self) -> str:
        return "Credential()"


class Verified(Struct, frozen=True, omit_defaults=True):
    """A verified credential. user_id     the provider's subject method      which provider vouched for it: `clerk`,
    `telegram`, or the name of a JWT issuer expires_at  until when it holds actor       who acts as this user, when
    someone impersonates them name        what the provider calls them, where the credential says it
    """

    user_id: str
    method: str
    expires_at: datetime
    actor: str | None = None
    name: str | None = None


class Ensure(Struct, frozen=True, forbid_unknown_fields=True):
    """A user to provision. An unprintable name is repaired, not refused."""

    user_id: UserId
    method: Word
    name: str | None = None

    def __post_init__(self) -> None:
        force_setattr(self, "name", called(self.name))


class Ensured(Struct, frozen=True):
    """The user exists; `created` when it is new."""

    user_id: str
    created: bool


class Me(Struct, frozen=True):
    """The signed-in user, as known from the provider's webhooks.

    points  the welcome points: `pending` until the points service has them, `none` where there is no such service
    """

    user_id: str
    points: WelcomePoints
    email: str | None = None
    name: str | None = None
    created_at: datetime | None = None


def called(name: str | None) -> str | None:
    """Return a printable name: one line, no invisible characters, at most 128 characters."""
    words = " ".join((name or "").split())
    shown = "".join(char for char in words if char.isprintable() or char in JOINERS)
    return shown[:LONGEST_NAME].strip() or None


class AuthClient:
    """The client of the auth service. CallRefused with status 401 means an invalid credential. All requests are
    idempotent: each has a key and is repeated after a lost response.
    """

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def verify(self, token: str) -> Verified:
        """Return whose token it is."""
        return await self._verify(Credential(token=token), uuid4().hex)

    async def verify_init_data(self, init_data: str, *, key: str | None = None) -> Verified:
        """Return the user of initData. It is accepted once; a second time it is invalid, unless with the same `key`. So
        a sign-in passes on the client's own Idempotency-Key.
        """
        return await self._verify(Credential(init_data=init_data), key or uuid4().hex)

    async def ensure(self, person: Ensure) -> Ensured:
        """Provision a user of the backend; a repetition changes nothing."""
        path, key = "/v1/users/ensure", uuid4().hex
        return await self._peer.ask("POST", path, operation="ensure", body=person, answer=Ensured, key=key)

    async def _verify(self, credential: Credential, key: str) -> Verified:
        path = "/v1/verify"
        return await self._peer.ask("POST", path, operation="verify", body=credential, answer=Verified, key=key)


class UsersClient:
    """A backend's own users service, whose contract is this one route.

    It has `contract="users"` in its description and declares `Route.service("POST", "/v1/users/ensure", "ensure")`.
    The route takes an `Ensure` and answers 200 with an `Ensured`; the request is idempotent. It refuses a user with
    409, 410 or 422.
    """

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def ensure(self, person: Ensure) -> Ensured:
        path, key = "/v1/users/ensure", uuid4().hex
        return await self._peer.ask("POST", path, operation="ensure", body=person, answer=Ensured, key=key)
