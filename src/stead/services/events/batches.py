"""Batches: bookings and cancellations of one event that come at once share one transaction.

The lock of the event's row lets one transaction through at a time, and a commit waits for the disk. So what comes for
an event while its row is locked is gathered, and goes with the next transaction: one lock, one look for ended holds,
one commit, and one connection of the pool, however many ask. A request that comes alone is not held up.

A transaction for each request, the rejected option, had every connection of the pool wait for the one hot row; of 200
clients most waited for a connection until they were refused, and the refusals took what was left of the processor.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context, copy_context
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response

from stead.kit.component import HealthUnknown
from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.services.events.inventory import Inventory, LockedEvent

LARGEST = 50  # a larger batch holds the lock for longer than others should wait
MOST_WAITING = 1000  # requests for one event
BUSY = "database_busy"  # the code of a statement that took too long, which is one request's own

Work = Callable[[LockedEvent], Awaitable[Answer]]
Outcome = Response[Any] | HttpProblem


class Request(NamedTuple):
    """A request that waits for its event; `context` has its trace."""

    attempt: IdempotencyKey
    work: Work
    answer: "asyncio.Future[Response[Any]]"
    context: Context


class Batches:
    """A component between the routes and the inventory: one worker for each event with open requests."""

    name = "booking batches"

    def __init__(self, database: Database, inventory: Inventory) -> None:
        self._database = database
        self._inventory = inventory
        self._idempotency = Idempotency(database)
        self._waiting: dict[UUID, deque[Request]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Nothing is to be opened: a worker begins with the first request for an event."""

    async def check(self) -> None:
        """Do nothing: it has no dependency to test."""
        raise HealthUnknown

    async def close(self) -> None:
        """Wait for work in progress."""
        await asyncio.gather(*self._workers)

    async def run(self, event: UUID, attempt: IdempotencyKey, work: Work) -> Response[Any]:
        """Do the work while the event is locked, once for the attempt's key, and return its answer.

        The work refuses with HttpProblem before it writes: others share its transaction.
        """
        waiting = self._waiting.get(event)
        if waiting is not None and len(waiting) >= MOST_WAITING:
            raise HttpProblem(
                503, "overloaded", "Too many requests for this event at the same time.", headers={"Retry-After": "1"}
            )
        answer: asyncio.Future[Response[Any]] = asyncio.get_running_loop().create_future()
        request = Request(attempt, work, answer, copy_context())
        if waiting is not None:
            waiting.append(request)
            return await answer
        self._waiting[event] = deque([request])
        worker = asyncio.create_task(self._work(event), name="booking-worker", context=Context())
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)
        return await answer

    async def _work(self, event: UUID) -> None:
        """Process batches until the event has no open requests."""
        waiting = self._waiting[event]
        while waiting:
            batch = [waiting.popleft() for _ in range(min(LARGEST, len(waiting)))]
            await self._settle(event, [request for request in batch if not request.answer.done()])
        del self._waiting[event]

    async def _settle(self, event: UUID, batch: Sequence[Request]) -> None:
        if not batch:
            return
        try:
            outcomes = await self._database.run(partial(self._together, event, batch))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to those who wait
            if len(batch) == 1 or (isinstance(error, HttpProblem) and error.code != BUSY):
                for request in batch:
                    _resolve(request, error)
                return
            for request in batch:  # one request broke the transaction: the others are tried again without it
                await self._settle(event, [request])
            return
        for request, outcome in zip(batch, outcomes, strict=True):
            _resolve(request, outcome)

    async def _together(self, event: UUID, batch: Sequence[Request], connection: Connection) -> list[Outcome | None]:
        async with self._inventory.locked(connection, event) as locked:
            return [await self._one(connection, locked, request) for request in batch]

    async def _one(self, connection: Connection, locked: LockedEvent, request: Request) -> Outcome | None:
        """Do the work of a request in its own context, so that what it sends on belongs to its trace.

        None where nobody waits for it any more: it was refused at its deadline while the event was locked by another.
        """
        if request.answer.done():
            return None

        async def work(_: Connection) -> Answer:
            return await request.work(locked)

        working = self._idempotency.run_in(connection, request.attempt, work)
        try:
            return await asyncio.create_task(working, context=request.context)
        except HttpProblem as problem:
            return problem


def _resolve(request: Request, outcome: Response[Any] | Exception | None) -> None:
    if outcome is None or request.answer.done():  # the client has gone
        return
    if isinstance(outcome, Exception):
        request.answer.set_exception(outcome)
    else:
        request.answer.set_result(outcome)
