"""The store: what the source said, for a while. When the source is down, what it said is served on, within a bound.

One snapshot serves all keys, so the source is asked once in a while and not once a key. Only one request at a time asks
it; while it is slow the others are served from what is known.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from stead.kit.http_problem import HttpProblem
from stead.services.secrets.source import Snapshot, Source, SourceError

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two tries at a source that is down


class Store:
    """A part of the service: the source, and what it last said."""

    name = "source"

    def __init__(
        self, source: Source, *, ttl: float, stale: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.ttl = ttl
        self._source, self._stale, self._clock = source, stale, clock
        self._lock = asyncio.Lock()
        self._known: Snapshot | None = None
        self._asked = float("-inf")
        self._failed = float("-inf")

    async def open(self) -> None:
        """Try the source once; a service whose source is down starts all the same, and says so when asked."""
        try:
            await self._fetch()
        except SourceError as error:
            logger.warning("the source is down at start: %s", error)

    async def close(self) -> None:
        self._known = None

    async def check(self) -> None:
        """Raise when nothing can be served."""
        await self.snapshot()

    async def snapshot(self) -> Snapshot:
        """Return what the source says, or said; Refusal 503 when that is too old."""
        if self._known is not None and (self._age() <= self.ttl or self._lock.locked() or self._pausing()):
            return self._servable(self._known)
        async with self._lock:
            if self._known is None or self._age() > self.ttl:
                await self._refresh()
        return self._servable(self._known)

    async def _refresh(self) -> None:
        if self._known is None and self._pausing():
            return
        try:
            await self._fetch()
        except SourceError as error:
            self._failed = self._clock()
            logger.warning("the source is down; the last values are served: %s", error)

    async def _fetch(self) -> None:
        self._known = await self._source.load()
        self._asked = self._clock()

    def _age(self) -> float:
        return self._clock() - self._asked

    def _pausing(self) -> bool:
        return self._clock() - self._failed < PAUSE

    def _servable(self, known: Snapshot | None) -> Snapshot:
        if known is None or self._age() > self.ttl + self._stale:
            raise HttpProblem(
                503, "secrets_unavailable", "The secrets cannot be read now.", headers={"Retry-After": "1"}
            )
        return known
