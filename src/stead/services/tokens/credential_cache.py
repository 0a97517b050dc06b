"""What was found out about a credential a moment ago, so that a busy script does not ask the database each time.

An answer lives for one second at most, so a token that another replica revoked is worth nothing a second later; what is
revoked here is forgotten at once. The key is the hash of the whole credential: the cache holds no secret.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from stead.services.tokens.store import Grant

SECONDS = 1.0
MOST = 10_000


@dataclass(frozen=True, slots=True)
class CredentialCache:
    """An answer and until when it holds; None: no such token."""

    grant: Grant | None
    until: float


class Recent:
    """A bounded cache of answers, the oldest of which goes first."""

    def __init__(
        self, *, seconds: float = SECONDS, most: int = MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[bytes, CredentialCache] = OrderedDict()
        self.generation = 0

    def get(self, digest: bytes) -> CredentialCache | None:
        cached = self._seen.get(digest)
        if cached is None or cached.until <= self._clock():
            return None
        return cached

    def put(self, digest: bytes, grant: Grant | None, generation: int) -> None:
        """Keep an answer, unless something was revoked since `generation`, when the question was asked."""
        if generation != self.generation:
            return
        life = self._seconds if grant is None else min(self._seconds, grant.remaining)
        self._seen[digest] = CredentialCache(grant, self._clock() + life)
        self._seen.move_to_end(digest)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)

    def forget(self, token_id: str) -> None:
        """Drop what is known of a token, and what is being asked at this moment."""
        self._drop(lambda grant: grant.token_id == token_id)

    def forget_user(self, user_id: str) -> None:
        self._drop(lambda grant: grant.user_id == user_id)

    def _drop(self, concerned: Callable[[Grant], bool]) -> None:
        self.generation += 1
        for digest in [each for each, cached in self._seen.items() if cached.grant and concerned(cached.grant)]:
            del self._seen[digest]
