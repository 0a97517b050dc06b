import asyncio
from contextlib import asynccontextmanager

import pytest

from stead.kit.cleanup import Protected, end, finish
from stead.kit.component import Lifespan


async def test_a_cancellation_waits_for_the_end_of_the_cleanup():
    steps = []

    async def give_back():
        await asyncio.sleep(0.05)
        steps.append("given back")

    async def work():
        try:
            await asyncio.sleep(10)
        finally:
            await finish(give_back())
            steps.append("not reached when cancelled twice")

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.005)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["given back"]


async def test_the_result_and_the_error_of_a_cleanup_are_the_callers():
    async def fail():
        raise OSError("full")

    assert await finish(asyncio.sleep(0, "done")) == "done"
    with pytest.raises(OSError, match="full"):
        await finish(fail())


async def test_a_protected_context_manager_leaves_whole():
    left = []

    @asynccontextmanager
    async def taken():
        try:
            yield "it"
        finally:
            await finish(asyncio.sleep(0))
            await asyncio.sleep(0.02)
            left.append(True)

    async def work():
        async with Protected(taken()) as thing:
            assert thing == "it"

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)  # it is in its exit now
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left == [True]


async def test_a_task_that_loses_a_cancellation_is_cancelled_again():
    async def deaf():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await asyncio.sleep(10)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(end(task, again=0.02), 1)
    assert task.cancelled()


async def test_the_parts_of_a_service_close_whole_when_its_lifespan_is_cancelled():
    closed = []

    class Slow:
        name = "slow"
        check = open = staticmethod(lambda: asyncio.sleep(0))

        async def close(self):
            await asyncio.sleep(0.02)
            closed.append(True)

    received: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    for what in ("startup", "shutdown"):
        received.put_nowait({"type": f"lifespan.{what}"})
    lifespan = Lifespan(None, (Slow(), Slow()))
    task = asyncio.create_task(lifespan({"type": "lifespan"}, received.get, lambda _message: asyncio.sleep(0)))
    await asyncio.sleep(0.01)  # the first part is closing now
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed == [True, True]
