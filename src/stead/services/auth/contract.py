"""What goes over the wire to and from the auth service, and its typed client.

Errors, by code: `POST /v1/verify` 401 `unauthenticated` (whatever was wrong), 503 `verifier_unavailable`;
`POST /v1/webhooks/clerk` 400 `invalid_webhook` (headers, signature, age or no JSON), 422 `invalid_body`;
`GET /v1/me` 410 `user_deleted`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.peer import Peer

WelcomePoints = Literal["none", "pending", "awarded"]


class Token(Struct, frozen=True, forbid_unknown_fields=True):
    """A credential that a user showed."""

    token: str


class Verified(Struct, frozen=True, omit_defaults=True):
    """Whose it is.

    user_id     the provider's subject
    method      which provider vouched for it, e.g. `clerk`
    expires_at  until when it holds
    actor       who acts as this user, when somebody impersonates them
    """

    user_id: str
    method: str
    expires_at: datetime
    actor: str | None = None


class Me(Struct, frozen=True):
    """The signed-in user, as far as the provider's webhooks have told.

    points  the welcome points: `pending` until the points service has them, `none` where there is no such service
    """

    user_id: str
    points: WelcomePoints
    email: str | None = None
    name: str | None = None
    created_at: datetime | None = None


class AuthClient:
    """The auth service, as another service calls it."""

    def __init__(self, peer: "Peer") -> None:
        self._peer = peer

    async def verify(self, token: str) -> Verified:
        """Return whose token it is; PeerRefused with status 401 when it is nobody's."""
        return await self._peer.ask("POST", "/v1/verify", operation="verify", body=Token(token), answer=Verified)
