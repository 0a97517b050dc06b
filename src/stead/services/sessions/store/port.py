"""The port of stores. Every method is one atomic step, and the store's clock is the only one.

Whether a session holds is judged by `rules.fault` from what `find` tells. A method that changes a session looks again
at what may have changed since: it does nothing, and says so, when the session has ended meanwhile. "All of a user's
sessions" is one number, the user's epoch: a session holds while it has its user's epoch, so ending all is one step that
no refresh under way can undo. A scan, the rejected option, would miss what is being written while it runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from stead.services.sessions.contract import NewSession, Session
from stead.services.sessions.rules import Limits, SessionState

MOST_LISTED = 100
CLAIM_HOURS = 24  # how long an Idempotency-Key is remembered


@dataclass(frozen=True, slots=True)
class Claim:
    """An Idempotency-Key: a digest of who sent it and the key, and a digest of the request."""

    key: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Fresh:
    """A session to be made. `nonce` makes the session that is shown, when there is a claim."""

    id: str
    digest: bytes
    user: NewSession
    nonce: bytes = b""
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What an earlier request with the same key made; `body` is that request's."""

    body: bytes
    nonce: bytes
    id: str
    expires_at: datetime
    idle_expires_at: datetime


class Store(Protocol):
    async def now(self) -> datetime: ...

    async def create(self, fresh: Fresh, limits: Limits) -> Session | Replayed:
        """Make a session, unless its claim was made before."""

    async def find(self, digests: Sequence[bytes]) -> Mapping[bytes, SessionState]:
        """Return what is known of each digest; those that nobody knows are left out."""

    async def extend(self, session_id: str, idle: timedelta) -> Session | None:
        """Let its idle time begin again; None when it has ended."""

    async def rotate(
        self, session_id: str, digest: bytes, successor: bytes, nonce: bytes, limits: Limits
    ) -> Session | None:
        """Retire the digest for its successor; None when it is not the latest, or the session has ended."""

    async def owner(self, session_id: str) -> str | None:
        """Return the user of a session that has not ended."""

    async def end(self, session_id: str, user_id: str | None = None) -> bool:
        """End a session, of that user alone where one is given; False when there is none."""

    async def end_all(self, user_id: str, keep: str | None = None) -> None:
        """End all sessions of a user, except `keep` when that holds."""

    async def of_user(self, user_id: str) -> Sequence[Session]:
        """Return the user's sessions that hold, newest first, MOST_LISTED at the most."""
