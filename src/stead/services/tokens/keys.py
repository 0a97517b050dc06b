"""A user's API tokens: create, list, revoke, introspect."""

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response

from stead.kit.database import Connection
from stead.kit.idempotency import REPLAYED, Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.services.tokens import credential, rules
from stead.services.tokens.contract import Issued, Listed, TokenRequest
from stead.services.tokens.credential_cache import Recent
from stead.services.tokens.last_used import LastUsed
from stead.services.tokens.store import Draft, Grant, Store

# A response with a secret in it is kept by nobody on the way (RFC 6750 section 5.3).
NO_STORE = {"Cache-Control": "no-store"}


class Keys:
    """The tokens of all users."""

    def __init__(
        self, store: Store, idempotency: Idempotency, recent: Recent, uses: LastUsed, *, longest_days: int
    ) -> None:
        self._store = store
        self._idempotency = idempotency
        self._recent = recent
        self._uses = uses
        self._longest_days = longest_days

    async def issue(self, user_id: str, request: TokenRequest, attempt: IdempotencyKey) -> Response[Any]:
        """Create a token and return it, once.

        What is kept for a replay is the answer without the token: a secret that has to be stored to be shown again
        would be in the database in plain text. Anyone who lost the first answer revokes the token and makes another.
        """
        token = credential.new()
        draft = self._draft(user_id, request, token)

        async def work(connection: Connection) -> Answer:
            created_at, expires_at = await self._store.insert(connection, draft)
            issued = Issued(draft.id, draft.name, list(draft.scopes), created_at, expires_at, draft.hint)
            return Answer(201, issued, NO_STORE)

        response = await self._idempotency.run(attempt, work)
        if REPLAYED in response.headers:
            return response
        shown = msgspec.structs.replace(msgspec.json.decode(response.content, type=Issued), token=token)
        return Response(msgspec.json.encode(shown), status_code=201, headers=NO_STORE, media_type="application/json")

    async def list(self, user_id: str) -> Sequence[Listed]:
        return await self._store.list(user_id)

    async def revoke(self, user_id: str, token_id: str) -> bool:
        """End a token: here at once, in other processes within a second. False when the user has no such token."""
        revoked = await self._store.revoke(user_id, token_id)
        self._recent.forget(token_id)
        return revoked

    async def end(self, user_id: str) -> None:
        """Revoke all tokens of a deleted user."""
        await self._store.end(user_id)
        self._recent.forget_user(user_id)

    async def recognise(self, token: str) -> Grant | None:
        """Return the data of a token; None when it is malformed, unknown, revoked or expired."""
        if not credential.is_one(token):
            return None
        grant = await self._find(credential.digest(token))
        if grant is not None:
            self._uses.note(grant.token_id)
        return grant

    async def _find(self, digest: bytes) -> Grant | None:
        cached = self._recent.get(digest)
        if cached is not None:
            return cached.grant
        generation = self._recent.generation
        grant = await self._store.find(digest)
        self._recent.put(digest, grant, generation)
        return grant

    def _draft(self, user_id: str, request: TokenRequest, token: str) -> Draft:
        return Draft(
            id=f"tok_{secrets.token_hex(12)}",
            user_id=user_id,
            digest=credential.digest(token),
            name=request.name.strip(),
            hint=credential.hint(token),
            scopes=rules.scopes(request.scopes),
            days=rules.days(request.expires_in_days, self._longest_days),
        )
