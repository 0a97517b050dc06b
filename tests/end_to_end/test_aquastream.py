"""The aquastream backend as a whole: its story, its smoke check, and services that are killed meanwhile."""

import asyncio
import json
import os
import random
import signal
import time

import pytest

from end_to_end.conftest import live
from stead.model import Postgres
from stead.model.resource_name import part_name
from stead.ops.story import stage_of, story_of
from stead.run.control_client import Remote
from stead.run.postgres import Cluster
from stead.run.run_info import running
from stead.services.events.replay import replay as replay_events
from stead.services.payments.replay import replay as replay_payments

ROUNDS = 5
VICTIMS = ("events", "payments", "crews", "users")


@pytest.fixture(scope="module")
def aquastream():
    with live("aquastream") as backend:
        yield backend


def test_the_story_passes_twice_on_the_same_databases(aquastream):
    for _ in range(2):
        steps = [json.loads(line) for line in aquastream.stead("story", "--json").stdout.splitlines()]
        assert len(steps) >= 15
        assert not [step for step in steps if step["wrong"]]


def test_smoke_asks_every_process_and_is_content(aquastream):
    checks = [json.loads(line) for line in aquastream.stead("smoke", "--json").stdout.splitlines()]
    assert not [check for check in checks if check["wrong"] or check["skipped"]]
    assert {process["state"] for process in aquastream.status()["processes"]} == {"healthy"}


async def test_killed_services_lose_nothing_double_nothing_and_oversell_nothing(aquastream):
    chance = random.Random(15)
    start = time.monotonic()
    await play(aquastream)
    length = time.monotonic() - start
    for _ in range(ROUNDS):
        victim = chance.choice(VICTIMS)
        await asyncio.gather(kill(aquastream, victim, chance.uniform(0, length)), play(aquastream))
    for name, replay in (("events", replay_events), ("payments", replay_payments)):
        report = await asyncio.to_thread(replay, database(aquastream.folder, name))
        assert report.clean, report.first


async def play(backend):
    found = running(backend.folder)
    async with stage_of(found) as stage:
        await story_of(backend.folder)(stage)


async def kill(backend, name, after):
    """Kill a process once it is there; it may just be coming back from the last time."""
    await asyncio.sleep(after)
    async with asyncio.timeout(20):
        while not (pid := pid_of(backend, name)):
            await asyncio.sleep(0.1)
    os.kill(pid, signal.SIGKILL)


def pid_of(backend, name):
    processes = Remote(backend.folder).ask("status")["processes"]
    return next(process["pid"] for process in processes if process["name"] == name)


def database(folder, service):
    cluster = next((folder / ".stead").glob("**/postmaster.pid")).parent.parent
    port = int((cluster / "data" / "postmaster.pid").read_text().splitlines()[3])
    return Cluster(cluster, port=port).url(part_name("aquastream", service, Postgres()))
