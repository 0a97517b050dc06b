"""Cleanup that cannot be cancelled: resources are released even if their task is cancelled.

A `finally` runs in the task that is being cancelled, so an `await` in it can be interrupted like any other: a deadline
that passes at that moment left a connection outside its pool forever. `finish` runs the cleanup in a task of its own,
and raises the cancellation afterwards. Rejected: `asyncio.shield` alone, with which the caller continues before the end
of the cleanup, and nothing references the task. `tests/house/test_cleanup.py` finds a cleanup that is not protected.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

AGAIN = 1.0  # seconds until a task that has not ended is cancelled once more


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end and return its result; a cancellation that came meanwhile is raised then.

    `work` must be bounded in time: a cancelling task waits for it.
    """
    task = asyncio.ensure_future(work)
    interruption: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            interruption = error
    if interruption is None:
        return task.result()
    raise interruption from None if task.cancelled() else task.exception()


async def end(task: "asyncio.Task[Any]", again: float = AGAIN) -> None:
    """Cancel a task until it has ended: a library may swallow the first cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=again)


class Protected(Generic[T]):
    """An async context manager whose exit cannot be cancelled."""

    def __init__(self, manager: AbstractAsyncContextManager[T]) -> None:
        self._manager = manager

    async def __aenter__(self) -> T:
        return await self._manager.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await finish(_exit(self._manager, kind, error, trace))


async def _exit(
    manager: AbstractAsyncContextManager[Any],
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> bool | None:
    return await manager.__aexit__(kind, error, trace)
