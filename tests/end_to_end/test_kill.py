"""A service killed with -9 at a random point of the story, again and again: nothing is lost and nothing is doubled.

The story asks again what was not answered, as a good client does. In the end the ledger is replayed, and every user has
exactly the points that the story gives.
"""

import asyncio
import os
import random
import signal
import time

import pytest

from stead.model import Postgres
from stead.model.resource_name import part_name
from stead.ops.story import stage_of, story_of
from stead.run.control_client import Remote
from stead.run.postgres import Cluster
from stead.run.run_info import running
from stead.services.points.replay import replay

ROUNDS = 50
VICTIMS = ("auth-service", "content-service", "points-service", "referral-service", "token-service")


@pytest.mark.timeout(1200)
async def test_nothing_is_lost_and_nothing_is_doubled(rewards):
    chance = random.Random(20)
    start = time.monotonic()
    await play(rewards)
    length = time.monotonic() - start
    for _ in range(ROUNDS):
        victim, after = chance.choice(VICTIMS), chance.uniform(0, length)
        killed, _ = await asyncio.gather(kill(rewards, victim, after), play(rewards))
        assert killed
    report = await asyncio.to_thread(replay, ledger(rewards.folder))
    assert report.clean, report.first
    assert report.entries > ROUNDS * 10


async def play(backend):
    found = running(backend.folder)
    async with stage_of(found) as stage:
        await story_of(backend.folder)(stage)


async def kill(backend, name, after):
    """Kill a process once it is there; it may just be coming back from the last time."""
    await asyncio.sleep(after)
    for _ in range(100):
        pid = pid_of(backend, name)
        if pid:
            os.kill(pid, signal.SIGKILL)
            return True
        await asyncio.sleep(0.1)
    return False


def pid_of(backend, name):
    processes = Remote(backend.folder).ask("status")["processes"]
    return next(process["pid"] for process in processes if process["name"] == name)


def ledger(folder):
    cluster = next((folder / ".stead").glob("**/postmaster.pid")).parent.parent
    port = int((cluster / "data" / "postmaster.pid").read_text().splitlines()[3])
    return Cluster(cluster, port=port).url(part_name("rewards", "points-service", Postgres()))
