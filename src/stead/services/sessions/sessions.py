"""Sessions: the operations of the service. Facts come from the store, decisions from the rules.

Every invalid session gets the same 401; the log has the reason.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import msgspec

from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency_key import IdempotencyKey
from stead.services.sessions import rules
from stead.services.sessions.contract import Access, Issued, KeySet, NewSession, Session
from stead.services.sessions.keys import Keys
from stead.services.sessions.lookup import Lookup
from stead.services.sessions.rules import Fault, Limits, SessionState
from stead.services.sessions.signing import SigningKeyring
from stead.services.sessions.store import Claim, Fresh, Replayed, Store

TRIES = 3  # how often a session is read again that changed between a read and a step

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What access tokens say: who issues them, for whom, for how long; and for how long one key signs them."""

    issuer: str
    audience: str
    life: timedelta
    key_seconds: int


class _Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    iss: str
    aud: str
    sub: str
    sid: str
    iat: int
    exp: int
    jti: str
    auth_method: str
    roles: str = ""


@dataclass(frozen=True, slots=True)
class _ValidSession:
    """A session that was shown and holds: under which digest the store knows it, and with which keys."""

    shown: str
    digest: bytes
    found: SessionState
    keyring: SigningKeyring


class Sessions:
    """The service's work, on any store."""

    def __init__(self, store: Store, keys: Keys, limits: Limits, tokens: Tokens) -> None:
        self._store = store
        self._lookup = Lookup(store)
        self._keys = keys
        self._limits = limits
        self._tokens = tokens

    async def create(self, new: NewSession, attempt: IdempotencyKey) -> tuple[Issued, bool]:
        """Create a session; for a repeated key return the earlier result, and True."""
        keyring = await self._keys.keyring()
        nonce, claim = rules.new_nonce(), _claim(attempt)
        shown = keyring.derived(claim.key.hex(), nonce) if claim else rules.new_session()
        fresh = Fresh(rules.new_id(), keyring.digest(shown), new, nonce, claim)
        made = await self._store.create(fresh, self._limits)
        if isinstance(made, Session):
            logger.info("a session began", extra={"session_id": made.id, "auth_method": made.method})
            return _issued(shown, made), False
        if claim is None or made.body != claim.body:
            raise HttpProblem(422, "idempotency_key_reused", "This Idempotency-Key was used with another request.")
        return await self._replayed(new, claim, made, keyring), True

    async def verify(self, shown: str) -> Session:
        return (await self._valid_session(shown)).found.session

    async def extend(self, shown: str) -> Session:
        for _ in range(TRIES):
            current = await self._valid_session(shown)
            if session := await self._store.extend(current.found.session.id, self._limits.idle):
                return session
        raise _invalid("changing", None)

    async def rotate(self, shown: str) -> Issued:
        """Replace a session; one that was replaced within the grace gets its successor once more."""
        for _ in range(TRIES):
            current = await self._valid_session(shown)
            if current.found.retired_at is not None:
                return _issued(await self._successor(current), current.found.session)
            nonce = rules.new_nonce()
            next_shown = current.keyring.derived(shown, nonce)
            session = await self._store.rotate(
                current.found.session.id, current.digest, current.keyring.digest(next_shown), nonce, self._limits
            )
            if session:
                return _issued(next_shown, session)
        raise _invalid("changing", None)

    async def exchange(self, shown: str) -> Access:
        """Return an access token; it does not outlive the session. This counts as use."""
        session = await self.extend(shown)
        keyring, now = await self._keys.keyring(), session.used_at  # the store's clock, a moment ago
        ends = min(now + self._tokens.life, session.expires_at)
        claims = _Claims(
            iss=self._tokens.issuer,
            aud=self._tokens.audience,
            sub=session.user_id,
            sid=session.id,
            iat=int(now.timestamp()),
            exp=int(ends.timestamp()),
            jti=uuid4().hex,
            auth_method=session.method,
            roles=" ".join(session.roles),
        )
        token = keyring.signer(now, self._tokens.key_seconds).sign(claims)
        return Access(token, datetime.fromtimestamp(claims.exp, now.tzinfo))

    async def published(self) -> KeySet:
        """Return the keys that verify access tokens."""
        return KeySet((await self._keys.keyring()).published(await self._store.now(), self._tokens.key_seconds))

    async def end(self, session_id: str, user_id: str | None = None) -> bool:
        ended = await self._store.end(session_id, user_id)
        if ended:
            logger.info("a session ended", extra={"session_id": session_id})
        return ended

    async def end_all(self, user_id: str, keep: str | None = None) -> None:
        await self._store.end_all(user_id, keep)
        logger.info("all sessions of a user ended", extra={"kept": keep})

    async def owner(self, session_id: str) -> str | None:
        return await self._store.owner(session_id)

    async def of_user(self, user_id: str) -> list[Session]:
        return list(await self._store.of_user(user_id))

    async def _valid_session(self, shown: str) -> _ValidSession:
        """Return a session that holds; Refusal 401 for any other."""
        if not rules.looks_real(shown):
            raise _invalid("malformed", None)
        keyring = await self._keys.keyring()
        known = await self._lookup.find(keyring.digests(shown))
        if known is None:
            raise _invalid("unknown", None)
        digest, found = known
        wrong = rules.fault(found, self._limits.grace)
        if wrong == "rotated before":  # one of the two who present it is a thief, and nobody knows which
            await self._store.end(found.session.id)
        if wrong:
            raise _invalid(wrong, found)
        return _ValidSession(shown, digest, found, keyring)

    async def _successor(self, current: _ValidSession) -> str:
        return await self._rotated_session(current.keyring, current.shown, current.found.nonce)

    async def _replayed(self, new: NewSession, claim: Claim, made: Replayed, keyring: SigningKeyring) -> Issued:
        shown = await self._rotated_session(keyring, claim.key.hex(), made.nonce)
        return Issued(shown, made.id, new.user_id, made.expires_at, made.idle_expires_at)

    async def _rotated_session(self, keyring: SigningKeyring, seed: str, nonce: bytes) -> str:
        """Return the session that a nonce made: with one secret there is one, else it is the one that is known."""
        made = list(keyring.all_derived(seed, nonce))
        if len(made) == 1:
            return made[0]
        for shown in made:
            if await self._lookup.find(keyring.digests(shown)):
                return shown
        return made[0]


def _claim(attempt: IdempotencyKey) -> Claim | None:
    if attempt.key is None:
        return None
    return Claim(sha256(f"{attempt.owner}\n{attempt.key}".encode()).digest(), attempt.body_hash)


def _issued(shown: str, session: Session) -> Issued:
    return Issued(shown, session.id, session.user_id, session.expires_at, session.idle_expires_at)


def _invalid(why: Fault | str, found: SessionState | None) -> HttpProblem:
    level = logging.WARNING if why == "rotated before" else logging.INFO
    logger.log(level, "refused a session: %s", why, extra={"session_id": found.session.id if found else None})
    return HttpProblem(401, "session_invalid", "A valid session is needed.", headers={"WWW-Authenticate": "Bearer"})
