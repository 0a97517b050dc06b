"""Clerk session tokens (Clerk documentation, "Session tokens" and "Manual JWT verification").

The key decides the algorithm: RS256 for a key of the provider's set, HS256 for `CLERK_JWT_SECRET`. Where that secret is
set it is the only key, so no header can choose between the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stead.model.user_id import is_user_id
from stead.services.auth.providers.key_set import KeySet
from stead.services.auth.providers.provider import Identity, RejectedError
from stead.services.auth.providers.token import UNREADABLE, actor_of, claims_of, key_id, names_issuer

METHOD = "clerk"


@dataclass(frozen=True, slots=True)
class Clerk:
    """One Clerk instance. `parties` are the origins that `azp` may name; none: any."""

    issuer: str
    key_set: KeySet
    secret: str | None = None
    parties: frozenset[str] = frozenset()

    def recognises(self, credential: str) -> bool:
        return names_issuer(credential, self.issuer)

    async def verify(self, credential: str) -> Identity:
        key, algorithm = await self._key(credential)
        try:
            # Clerk's session tokens are for a party (`azp`), not for an audience.
            claims = claims_of(credential, key, algorithm, issuer=self.issuer, audience=None, required=["sid"])
            return self._identity(claims)
        except UNREADABLE as error:
            raise RejectedError(str(error) or type(error).__name__) from error

    async def _key(self, credential: str) -> tuple[Any, str]:
        kid = key_id(credential, needed=self.secret is None)
        return (await self.key_set.key(kid), "RS256") if self.secret is None else (self.secret, "HS256")

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        user_id, session, party = claims["sub"], claims["sid"], claims.get("azp")
        if not is_user_id(user_id) or not is_user_id(session):
            raise RejectedError("sub and sid must be identifiers")
        if claims.get("sts") == "pending":
            raise RejectedError("the session is pending")
        if party is not None and self.parties and party not in self.parties:
            raise RejectedError("azp is not an authorised party")
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        return Identity(user_id, METHOD, expires_at, session, actor_of(claims))
