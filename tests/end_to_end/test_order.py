"""Starting order does not matter: all is stopped, started in random orders, and each time the story passes.

An order of a dozen processes takes 20 seconds: one, and then the opposite one, have every process start once before and
once after every other. `make orders` plays ten, in random orders.
"""

import asyncio
import os
import random

import pytest

from end_to_end.conftest import live
from stead.ops.story import story_context, story_of
from stead.run.control_client import Remote
from stead.run.run_info import running

ORDERS = int(os.environ.get("STEAD_TEST_ORDERS", "2"))


@pytest.fixture(scope="module")
def tigrit():
    with live("tigrit") as backend:
        yield backend


@pytest.mark.timeout(1200)
async def test_any_order_will_do(tigrit):
    chance = random.Random(3)
    remote = Remote(tigrit.folder)
    names = [each["name"] for each in remote.ask("status")["processes"] if not each["name"].startswith("gateway")]
    for order in orders(names, chance):
        await asyncio.to_thread(remote.ask, "stop", names)
        for name in order:
            await asyncio.to_thread(remote.ask, "start", [name])
            await asyncio.sleep(chance.uniform(0, 0.1))
        await all_healthy(remote, order)
        async with story_context(running(tigrit.folder)) as context:
            await story_of(tigrit.folder)(context)


def orders(names, chance):
    """Return each random order with its opposite: two processes start once in this order, and once in that."""
    found = []
    while len(found) < ORDERS:
        order = chance.sample(names, len(names))
        found += [order, order[::-1]]
    return found[:ORDERS]


async def all_healthy(remote, order):
    for _ in range(300):
        status = await asyncio.to_thread(remote.ask, "status")
        if all(each["state"] == "healthy" for each in status["processes"]):
            return
        await asyncio.sleep(0.1)
    sick = {each["name"]: each["why"] for each in status["processes"] if each["state"] != "healthy"}
    raise AssertionError(f"started as {order}, and these are not well: {sick}")
