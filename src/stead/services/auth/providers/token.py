"""The common part of JWT providers (RFC 7519; RFC 8725 on security).

The key determines the algorithm, never the token: `jwk`, `jku` and `x5u` of a header are ignored, and critical
extensions are refused, since none is supported.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from stead.model.user_id import is_user_id
from stead.services.auth.providers.provider import RejectedError

SKEW_SECONDS = 5
LONGEST_TOKEN = 16_384
# What the content of a token can raise in the parsers: malformed, out of range, nested too deep.
UNREADABLE = (jwt.PyJWTError, ValueError, OverflowError, TypeError, RecursionError)


def names_issuer(credential: str, issuer: str) -> bool:
    """Return whether it is a JWT with the `iss` of this issuer, without verification."""
    if len(credential) > LONGEST_TOKEN or credential.count(".") != 2:
        return False
    try:
        unverified = jwt.decode(credential, options={"verify_signature": False})
    except UNREADABLE:
        return False
    return unverified.get("iss") == issuer


def key_id(credential: str, *, needed: bool) -> str:
    """Return the key of the header's id; RejectedError for an unsupported extension."""
    try:
        header = jwt.get_unverified_header(credential)
    except UNREADABLE as error:
        raise RejectedError("unreadable header") from error
    if "crit" in header or "b64" in header:
        raise RejectedError("an unsupported extension")
    kid = header.get("kid")
    if needed and not isinstance(kid, str):
        raise RejectedError("no key id")
    return str(kid)


def claims_of(
    credential: str, key: Any, algorithm: str, *, issuer: str, audience: str | None, required: Sequence[str]
) -> Mapping[str, Any]:
    """Return the claims of a valid token. UNREADABLE lists its exceptions."""
    return jwt.decode(
        credential,
        key,
        algorithms=[algorithm],
        issuer=issuer,
        audience=audience,
        leeway=SKEW_SECONDS,
        options={"require": ["iss", "exp", "sub", *required], "verify_aud": audience is not None},
    )


def actor_of(claims: Mapping[str, Any]) -> str | None:
    """Return who acts as the user (RFC 8693 section 4.1)."""
    actor = claims.get("act")
    subject = actor.get("sub") if isinstance(actor, dict) else None
    return subject if is_user_id(subject) else None
