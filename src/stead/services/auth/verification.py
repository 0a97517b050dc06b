"""Verification: whose credential is this, by all providers of the service, and is it the first time?

A credential says whether it is a token or initData, so neither is ever tried as the other.
"""

from dataclasses import dataclass

from stead.kit.idempotency_key import IdempotencyKey
from stead.services.auth.contract import Credential
from stead.services.auth.providers.provider import Identity, Provider, RejectedError, verify
from stead.services.auth.replay_guard import ReplayGuard, Use
from stead.services.auth.users import Users


@dataclass(frozen=True, slots=True)
class Verification:
    """`tokens` are asked about tokens, `apps` about initData; `seen` remembers what is to be taken once."""

    tokens: tuple[Provider, ...]
    apps: tuple[Provider, ...]
    replay_guard: ReplayGuard

    async def of(self, credential: Credential, attempt: IdempotencyKey) -> Identity:
        """Return whose it is; RejectedError when it is nobody's, UnavailableError when that cannot be known now."""
        if credential.token is not None:
            return await verify(self.tokens, credential.token)
        assert credential.init_data is not None  # the contract's own rule
        identity = await verify(self.apps, credential.init_data)
        await self._take(identity, attempt)
        return identity

    async def _take(self, identity: Identity, attempt: IdempotencyKey) -> None:
        if identity.once is None:
            return
        use = Use(attempt.owner, identity.once, attempt.key, identity.expires_at.timestamp())
        if not await self.replay_guard.take(use):
            raise RejectedError("replayed")


@dataclass(frozen=True, slots=True)
class ActiveUsers:
    """A provider whose users may have been deleted here: then their credentials are nobody's."""

    provider: Provider
    people: Users

    def recognises(self, credential: str) -> bool:
        return self.provider.recognises(credential)

    async def verify(self, credential: str) -> Identity:
        identity = await self.provider.verify(credential)
        if await self.people.is_deleted(identity.user_id):
            raise RejectedError(f"{identity.user_id} is deleted")
        return identity
