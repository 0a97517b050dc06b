"""What goes over the wire to and from the token service, and its typed client.

Errors, by code: `POST /v1/tokens` 422 `invalid_body` and `expires_too_late`, 409 `too_many_tokens`, 403 `user_deleted`;
`DELETE /v1/tokens/{token_id}` 404 `unknown_token`; `/v1/authorize` 401 `unauthenticated`, whatever was wrong.
"""

from datetime import datetime
from types import NoneType
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from stead.kit.display_text import VISIBLE_TEXT
from stead.kit.user import UserId

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=VISIBLE_TEXT)]
# Look-aheads, rather than a closing `$`, because Python's `$` lets a last line feed pass.
Scope = Annotated[str, Meta(max_length=100, pattern=r"^(\*|[a-z][a-z0-9-]*:(read|write))(?![\s\S])")]
Scopes = Annotated[list[Scope], Meta(min_length=1, max_length=50)]


class TokenRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A new token of a user.

    name             what the user calls it
    scopes           what it may do: `<collection>:read`, `<collection>:write`, or `*` for all that tokens may do
    expires_in_days  how long it lives; left out, ninety days or the longest that is allowed
    """

    name: Name
    scopes: Scopes
    expires_in_days: Annotated[int, Meta(ge=1, le=36_500)] | None = None


class Issued(Struct, frozen=True, omit_defaults=True):
    """A new token. `token` is here this once; the replay of a creation, by its Idempotency-Key, leaves it out."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    hint: str
    token: str | None = None


class Listed(Struct, frozen=True):
    """A token that was not revoked. `hint` is its last four characters; `last_used_at` is exact to a minute or so."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    hint: str
    last_used_at: datetime | None = None


class Tokens(Struct, frozen=True):
    """A user's tokens, newest first."""

    tokens: list[Listed]


class Gone(Struct, frozen=True, forbid_unknown_fields=True):
    """A deleted user."""

    user_id: UserId


class Question(Struct, frozen=True):
    """The form of RFC 7662 section 2.1; other fields, such as `token_type_hint`, are not needed here."""

    token: str


class Introspection(Struct, frozen=True, omit_defaults=True):
    """What RFC 7662 section 2.2 lets be said of a token: of one that is not active, that and nothing else.

    sub is the user, scope is separated by spaces, exp and iat are seconds since 1970, jti is the token's id.
    """

    active: bool
    sub: str | None = None
    scope: str | None = None
    exp: int | None = None
    iat: int | None = None
    token_type: str | None = None
    jti: str | None = None


class TokensClient:
    """The token service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def introspect(self, token: str) -> Introspection:
        """Introspect a token; an invalid one is not an error, but not `active`."""
        return await self._peer.ask(
            "POST", "/v1/introspect", operation="introspect", form={"token": token}, answer=Introspection
        )

    async def end(self, user_id: str) -> None:
        """Revoke all tokens of a deleted user, for good; to do it again changes nothing."""
        return await self._peer.ask("POST", "/v1/revocations", operation="revoke", body=Gone(user_id), answer=NoneType)
