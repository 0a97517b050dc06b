"""Lookup: questions about sessions that come one by one go to the store together.

Most of what a question costs is the round trip, in the driver and in the kernel, and a hundred sessions in one cost
little more than one. While a question is under way, what comes in is gathered and goes with the next: the busier, the
larger, and a question that comes alone is not held up.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from stead.kit.http_problem import HttpProblem
from stead.services.sessions.rules import SessionState
from stead.services.sessions.store import Store

WORKERS = 2  # questions under way: the answer to one is read while the store works on the other
LARGEST = 128
MOST_WAITING = 10_000


class _Waiting(NamedTuple):
    digests: Sequence[bytes]
    answer: "asyncio.Future[tuple[bytes, SessionState] | None]"


class Lookup:
    """Between the rules and the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Waiting] = []
        self._workers: set[asyncio.Task[None]] = set()

    async def find(self, digests: Sequence[bytes]) -> tuple[bytes, SessionState] | None:
        """Return what is known under the first of the digests that the store knows, and that digest."""
        if len(self._waiting) >= MOST_WAITING:
            raise HttpProblem(503, "overloaded", "Too many requests at once.", headers={"Retry-After": "1"})
        answer: asyncio.Future[tuple[bytes, SessionState] | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(digests, answer))
        if len(self._workers) < WORKERS:
            worker = asyncio.create_task(self._work(), name="session-worker")
            self._workers.add(worker)
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
            await self._query([each for each in batch if not each.answer.done()])
        # Here, in the same step that found nothing to do; a done callback would run after the next question came.
        worker = asyncio.current_task()
        assert worker
        self._workers.discard(worker)

    async def _query(self, batch: Sequence[_Waiting]) -> None:
        try:
            known = await self._store.find([digest for each in batch for digest in each.digests])
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to those who wait, each of them
            for each in batch:
                if not each.answer.done():
                    each.answer.set_exception(error)
            return
        for each in batch:
            if not each.answer.done():
                each.answer.set_result(next(((name, known[name]) for name in each.digests if name in known), None))
