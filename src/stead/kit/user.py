"""User: on whose behalf a request is made, as the gateway says it in headers.

The gateway alone sets these headers and strips what a client sends; the boundary believes them only beside a valid
service token of a caller that may front. Values are taken as they stand, as UTF-8 and with no percent-decoding, so that
two different ids can never become one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from stead.model.user_id import LONGEST, PATTERN, is_user_id

# A user's id in a contract.
UserId = Annotated[str, Meta(min_length=1, max_length=LONGEST, pattern=PATTERN)]

ID = b"x-user-id"
SESSION = b"x-session-id"
ROLES = b"x-user-roles"
METHOD = b"x-auth-method"
SCOPES = b"x-user-scopes"
HEADERS = frozenset({ID, SESSION, ROLES, METHOD, SCOPES})

TOKEN = "token"  # noqa: S105 - the authentication method of an API token

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class User:
    """A user. `method` is how they signed in (`token`: by an API token, which holds `scopes`)."""

    id: str
    roles: frozenset[str] = _NONE
    session: str | None = None
    method: str = "session"
    scopes: frozenset[str] = _NONE


def user_from(headers: Mapping[bytes, bytes]) -> User | None:
    """Return the user that the headers name; None when there is none, or it cannot be read."""
    try:
        name = headers.get(ID, b"").decode()
        if not is_user_id(name):
            return None
        session = headers.get(SESSION, b"").decode() or None
        method = headers.get(METHOD, b"").decode() or "session"
        return User(name, _words(headers, ROLES), session, method, _words(headers, SCOPES))
    except UnicodeDecodeError:
        return None


def _words(headers: Mapping[bytes, bytes], name: bytes) -> frozenset[str]:
    value = headers.get(name)
    return frozenset(value.decode().split()) if value else _NONE


def headers_of(user: User) -> dict[str, str]:
    """Return the headers that name a user: what the gateway sends."""
    headers = {"x-user-id": user.id, "x-auth-method": user.method}
    if user.roles:
        headers["x-user-roles"] = " ".join(sorted(user.roles))
    if user.session:
        headers["x-session-id"] = user.session
    if user.scopes:
        headers["x-user-scopes"] = " ".join(sorted(user.scopes))
    return headers
