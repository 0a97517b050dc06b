"""JWTs of another issuer: HS256 by a shared secret, or RS256, ES256 or EdDSA by its key set."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stead.model.user_id import is_user_id
from stead.services.auth.contract import called
from stead.services.auth.providers.key_set import KeySet, PublicKey
from stead.services.auth.providers.provider import Identity, RejectedError
from stead.services.auth.providers.secret_source import SecretSource
from stead.services.auth.providers.token import UNREADABLE, actor_of, claims_of, key_id, names_issuer

KeyOf = Callable[[str], Awaitable[Any]]  # of a token that names its issuer; RejectedError or UnavailableError


def shared(secret: SecretSource) -> KeyOf:
    """Verify by a shared secret, whatever key a token names."""

    async def key(credential: str) -> str:
        key_id(credential, needed=False)
        return await secret.value()

    return key


def of_set(keys: KeySet) -> KeyOf:
    """Verify by the key of a set that the token names."""

    async def key(credential: str) -> PublicKey:
        return await keys.key(key_id(credential, needed=True))

    return key


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer: one audience, one algorithm."""

    name: str
    issuer: str
    audience: str
    algorithm: str
    key: KeyOf
    prefix: str = ""

    def recognises(self, credential: str) -> bool:
        return names_issuer(credential, self.issuer)

    async def verify(self, credential: str) -> Identity:
        key = await self.key(credential)
        try:
            claims = claims_of(
                credential, key, self.algorithm, issuer=self.issuer, audience=self.audience, required=["aud"]
            )
            return self._identity(claims)
        except UNREADABLE as error:
            raise RejectedError(str(error) or type(error).__name__) from error

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        user_id = f"{self.prefix}{claims['sub']}"
        if not is_user_id(claims["sub"]) or not is_user_id(user_id):
            raise RejectedError("sub must be an identifier")
        name, session = claims.get("name"), claims.get("sid")
        return Identity(
            user_id,
            self.name,
            datetime.fromtimestamp(int(claims["exp"]), UTC),
            session if is_user_id(session) else None,
            actor_of(claims),
            called(name) if isinstance(name, str) else None,
        )
