"""Verification of a credential by all providers of the service, with the replay guard.

A credential is marked as a token or as initData, so each is verified only as its own kind.
"""

from dataclasses import dataclass

from stead.kit.idempotency_key import IdempotencyKey
from stead.services.auth.contract import Credential
from stead.services.auth.providers.provider import Identity, Provider, RejectedError, verify
from stead.services.auth.replay_guard import ReplayGuard, Use
from stead.services.auth.users import Users


@dataclass(frozen=True, slots=True)
class Verification:
    """`tokens` verify tokens, `apps` verify initData; `seen` is the replay guard."""

    tokens: tuple[Provider, ...]
    apps: tuple[Provider, ...]
    replay_guard: ReplayGuard

    async def of(self, credential: Credential, attempt: IdempotencyKey) -> Identity:
        """Return the user; RejectedError for an invalid credential, UnavailableError when it cannot be verified now."""
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
    """A provider whose users may have been deleted here, which invalidates their credentials."""

    provider: Provider
    people: Users

    def recognises(self, credential: str) -> bool:
        return self.provider.recognises(credential)

    async def verify(self, credential: str) -> Identity:
        identity = await self.provider.verify(credential)
        if await self.people.is_deleted(identity.user_id):
            raise RejectedError(f"{identity.user_id} is deleted")
        return identity
