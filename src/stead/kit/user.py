"""User: the user of a request, from the gateway's headers.

Only the gateway sets these headers, and it removes those of a client; the boundary trusts them only with a valid
service token of a caller with `front`. Values are used unchanged, as UTF-8 without percent-decoding, so that two
different ids can never become one.
"""

import json
from base64 import b64decode
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
TENANTS = b"x-tenant-ids"
HEADERS = frozenset({ID, SESSION, ROLES, METHOD, SCOPES, TENANTS})

LIST = b"W"  # how base64 of a `[` begins
TOKEN = "token"  # noqa: S105 - the authentication method of an API token

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class User:
    """A user.

    method   how they signed in (`token`: by an API token, which holds `scopes`)
    tenants  the tenants for which the credential is good; None: for all that the user belongs to
    """

    id: str
    roles: frozenset[str] = _NONE
    session: str | None = None
    method: str = "session"
    scopes: frozenset[str] = _NONE
    tenants: frozenset[str] | None = None


def user_from(headers: Mapping[bytes, bytes]) -> User | None:
    """Return the user in the headers; None without one, or when a header is malformed."""
    try:
        name = headers.get(ID, b"").decode()
        if not is_user_id(name):
            return None
        session = headers.get(SESSION, b"").decode() or None
        method = headers.get(METHOD, b"").decode() or "session"
        tenants = _values(headers, TENANTS) if TENANTS in headers else None
        return User(name, _values(headers, ROLES), session, method, _values(headers, SCOPES), tenants)
    except UnicodeDecodeError:
        return None


def _values(headers: Mapping[bytes, bytes], name: bytes) -> frozenset[str]:
    value = headers.get(name)
    if not value:
        return _NONE
    listed = _list(value) if value.startswith(LIST) else None
    return frozenset(value.decode().split()) if listed is None else listed


def _list(value: bytes) -> frozenset[str] | None:
    """Parse a list claim, which the gateway writes as base64 of JSON; None for other values."""
    try:
        found = json.loads(b64decode(value + b"=" * (-len(value) % 4), validate=True))
    except ValueError:
        return None
    return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else None


def headers_of(user: User) -> dict[str, str]:
    """Return the identity headers of a user, as the gateway sends them."""
    headers = {"x-user-id": user.id, "x-auth-method": user.method}
    if user.roles:
        headers["x-user-roles"] = " ".join(sorted(user.roles))
    if user.session:
        headers["x-session-id"] = user.session
    if user.tenants is not None:
        headers["x-tenant-ids"] = " ".join(sorted(user.tenants))
    if user.scopes:
        headers["x-user-scopes"] = " ".join(sorted(user.scopes))
    return headers
