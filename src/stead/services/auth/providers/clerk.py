"""Clerk session tokens (Clerk documentation, "Session tokens" and "Manual JWT verification").

The key decides the algorithm: RS256 for a key of the provider's set, HS256 for `CLERK_JWT_SECRET`. Where that secret is
set it is the only key, so no header can choose between the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from stead.services.auth.providers.key_set import KeySet
from stead.services.auth.providers.provider import Identity, RejectedError

METHOD = "clerk"
SKEW_SECONDS = 5
LONGEST_TOKEN = 16_384
LONGEST_USER_ID = 255
# What a token's content can make of the parsers: malformed, out of range, nested too deep.
UNREADABLE = (jwt.PyJWTError, ValueError, OverflowError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Clerk:
    """One Clerk instance. `parties` are the origins that `azp` may name; none: any."""

    issuer: str
    key_set: KeySet
    secret: str | None = None
    parties: frozenset[str] = frozenset()

    def recognises(self, credential: str) -> bool:
        """Look whether it is a JWT that says it is from this issuer."""
        if len(credential) > LONGEST_TOKEN or credential.count(".") != 2:
            return False
        try:
            unverified = jwt.decode(credential, options={"verify_signature": False})
        except UNREADABLE:
            return False
        return unverified.get("iss") == self.issuer

    async def verify(self, credential: str) -> Identity:
        key, algorithm = await self._key(self._header(credential))
        try:
            claims = self._claims(credential, key, algorithm)
            return self._identity(claims)
        except UNREADABLE as error:
            raise RejectedError(str(error) or type(error).__name__) from error

    def _header(self, credential: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(credential)
        except UNREADABLE as error:
            raise RejectedError("unreadable header") from error
        if "crit" in header or "b64" in header:
            raise RejectedError("an extension that is not understood")
        return header

    async def _key(self, header: Mapping[str, Any]) -> tuple[Any, str]:
        if self.secret is not None:
            return self.secret, "HS256"
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise RejectedError("no key id")
        return await self.key_set.key(kid), "RS256"

    def _claims(self, credential: str, key: Any, algorithm: str) -> Mapping[str, Any]:
        return jwt.decode(
            credential,
            key,
            algorithms=[algorithm],
            issuer=self.issuer,
            leeway=SKEW_SECONDS,
            # Clerk's session tokens are for a party (`azp`), not for an audience.
            options={"require": ["iss", "exp", "sub", "sid"], "verify_aud": False},
        )

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        user_id, session, party = claims["sub"], claims["sid"], claims.get("azp")
        if not _is_identifier(user_id) or not _is_identifier(session):
            raise RejectedError("sub and sid must be identifiers")
        if claims.get("sts") == "pending":
            raise RejectedError("the session is pending")
        if party is not None and self.parties and party not in self.parties:
            raise RejectedError("azp is not an authorised party")
        actor = claims.get("act")
        impersonator = actor.get("sub") if isinstance(actor, dict) else None
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        return Identity(user_id, METHOD, expires_at, session, impersonator if _is_identifier(impersonator) else None)


def _is_identifier(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_USER_ID and value.isprintable()
