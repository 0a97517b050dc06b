"""Cleanup that cannot be cancelled: what was taken is given back, whatever happens to the task that took it.

A `finally` runs in the task that is being cancelled, so an `await` in it can be interrupted like any other: a deadline
that passes at that moment left a connection outside its pool forever. `finish` runs the cleanup in a task of its own,
and raises the cancellation afterwards. `asyncio.shield` alone, the rejected option, lets the caller go on before the
cleanup has ended, and nobody holds the task. `tests/house/test_cleanup.py` finds a cleanup that is not protected.
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

    `work` has to be bounded in time: anyone who cancels waits for it.
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
    """Cancel a task until it has ended: a library may keep the first cancellation to itself."""
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
