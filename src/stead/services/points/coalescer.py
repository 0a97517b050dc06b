"""Coalescer: send single awards to the database in batches.

A commit waits for the disk, whatever it carries, so the database does a hundred awards in a few times what one takes.
While a worker waits for its commit, what comes in is gathered, and goes with the next: the busier, the larger the
batches, and an award that comes alone is not held up. A timer of 2 ms, the rejected option, delays exactly that one.

A request with the key and the body of one that is under way waits for that one's outcome: a thousand replays cost the
database what one does, and nobody learns of it 409 "in flight" here. Two with one key and different bodies never share
a batch: the later one goes with a later batch, and finds the key taken.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from stead.kit.component import HealthUnknown
from stead.kit.http_problem import HttpProblem
from stead.services.points.store import Claim, Ledger, Outcome

LARGEST = 128  # beyond that a batch is not any faster, and holds its locks for longer
WORKERS = 2  # connections at once: one waits for the disk while the other is being judged


class Waiting(NamedTuple):
    """A claim, and the requests that wait for its outcome; the first is the one that is granted."""

    claim: Claim
    answers: "list[asyncio.Future[Outcome]]"


class Coalescer:
    """A part of the service between the routes and the ledger."""

    name = "coalescer"

    def __init__(self, ledger: Ledger, *, most_waiting: int = 10_000) -> None:
        self._ledger = ledger
        self._most_waiting = most_waiting
        self._waiting: deque[Waiting] = deque()
        self._under_way: dict[Claim, Waiting] = {}
        self._workers: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Nothing is to be opened: a worker begins with the first award."""

    async def check(self) -> None:
        """Do nothing: it has no dependency to test."""
        raise HealthUnknown

    async def close(self) -> None:
        """Wait for work in progress."""
        await asyncio.gather(*self._workers)

    async def award(self, claim: Claim) -> Outcome:
        """Return the result of a claim. Raises the database's error."""
        if len(self._waiting) >= self._most_waiting:
            raise HttpProblem(503, "overloaded", "Too many awards at the same time.", headers={"Retry-After": "1"})
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if same := self._under_way.get(claim):
            same.answers.append(answer)
            return await answer
        self._under_way[claim] = waiting = Waiting(claim, [answer])
        self._waiting.append(waiting)
        if len(self._workers) < WORKERS:
            self._workers.add(asyncio.create_task(self._work(), name="award-worker"))
        return await answer

    async def _work(self) -> None:
        while batch := tuple(self._next()):
            for each, outcome in zip(batch, await self._outcomes(batch), strict=True):
                del self._under_way[each.claim]
                _resolve(each.answers, outcome)
        # Here, in the same step that found nothing to do; a done callback would run after the next award came.
        self._workers.discard(_this_task())

    async def _outcomes(self, batch: Sequence[Waiting]) -> Sequence[Outcome | Exception]:
        try:
            return await self._ledger.award([each.claim for each in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to those who wait, each of them
            return [error] * len(batch)

    def _next(self) -> Iterator[Waiting]:
        """Take the next batch; what shares a key with something in it stays first in line."""
        keys: set[tuple[str, str]] = set()
        later: list[Waiting] = []
        while self._waiting and len(keys) < LARGEST:
            each = self._waiting.popleft()
            key = (each.claim.caller, each.claim.key)
            if all(answer.done() for answer in each.answers):  # the client has gone
                del self._under_way[each.claim]
                continue
            if key in keys:
                later.append(each)
                continue
            keys.add(key)
            yield each
        self._waiting.extendleft(reversed(later))


def _this_task() -> "asyncio.Task[None]":
    task = asyncio.current_task()
    assert task
    return task


def _resolve(answers: "Iterable[asyncio.Future[Outcome]]", outcome: Outcome | Exception) -> None:
    """Pass the outcome to each waiting request; it is a replay for all except the first."""
    for answer in answers:
        if answer.done():
            continue
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
            continue
        answer.set_result(outcome)
        if outcome.code == "granted":
            outcome = outcome._replace(code="replayed")
