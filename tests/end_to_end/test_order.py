"""Starting order does not matter: all is stopped, started in random orders, and each time the story passes.

An order of a dozen processes takes 20 seconds: three are enough to see a process that wants another one first, which
half of all orders show. `make orders` plays ten.
"""

import asyncio
import os
import random

import pytest

from end_to_end.conftest import live
from stead.ops.story import story_context, story_of
from stead.run.control_client import Remote
from stead.run.run_info import running

ORDERS = int(os.environ.get("STEAD_TEST_ORDERS", "3"))


@pytest.fixture(scope="module")
def tigrit():
    with live("tigrit") as backend:
        yield backend


@pytest.mark.timeout(1200)
async def test_any_order_will_do(tigrit):
    chance = random.Random(3)
    remote = Remote(tigrit.folder)
    names = [each["name"] for each in remote.ask("status")["processes"] if not each["name"].startswith("gateway")]
    for _ in range(ORDERS):
        await asyncio.to_thread(remote.ask, "stop", names)
        order = chance.sample(names, len(names))
        for name in order:
            await asyncio.to_thread(remote.ask, "start", [name])
            await asyncio.sleep(chance.uniform(0, 0.1))
        await all_healthy(remote, order)
        async with story_context(running(tigrit.folder)) as context:
            await story_of(tigrit.folder)(context)


async def all_healthy(remote, order):
    for _ in range(300):
        status = await asyncio.to_thread(remote.ask, "status")
        if all(each["state"] == "healthy" for each in status["processes"]):
            return
        await asyncio.sleep(0.1)
    sick = {each["name"]: each["why"] for each in status["processes"] if each["state"] != "healthy"}
    raise AssertionError(f"started as {order}, and these are not well: {sick}")
