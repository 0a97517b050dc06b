"""The aquastream backend as a whole: its story, its smoke check, outages, and services that are killed meanwhile.

What each cell of the outage table must be stands in `backends/aquastream/README.md`, which is read here: the table that
a person reads is the one that is tested.
"""

import asyncio
import json
import os
import random
import re
import signal
import time
from runpy import run_path

import pytest

from end_to_end.aquastream_clients import REQUESTS, Clients, sign_up
from end_to_end.conftest import BACKENDS, live
from end_to_end.outage import out
from stead.model import Postgres
from stead.model.resource_name import part_name
from stead.ops.story import story_context, story_of
from stead.run.control_client import Remote
from stead.run.postgres import Cluster
from stead.run.run_info import running
from stead.services.events.replay import replay as replay_events
from stead.services.payments.replay import replay as replay_payments

ROUNDS = int(os.environ.get("STEAD_TEST_ROUNDS", "2"))  # `make rounds` plays more
VICTIMS = ("events", "payments", "crews", "users")
SETTLES = 60.0  # seconds until what one service tells another one has come
LONGEST = 15.0  # seconds: a payment begins with a call of the provider, which has 12


def outage_table():
    """Return the rows of the README: part -> {request -> the answer}."""
    text = (BACKENDS / "aquastream" / "README.md").read_text()
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|(.+)\|$", text, re.MULTILINE)
    return {part: dict(zip(REQUESTS, (cell.strip() for cell in cells.split("|")), strict=True)) for part, cells in rows}


TABLE = outage_table()


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


@pytest.fixture(scope="module")
def people(aquastream):
    async def make():
        async with story_context(running(aquastream.folder)) as context:
            return await sign_up(context, story_of(aquastream.folder))

    return asyncio.run(make())


@pytest.mark.parametrize("part", TABLE)
async def test_an_outage_has_the_answer_that_the_table_says(aquastream, people, part):
    async with Clients(running(aquastream.folder).url, people, LONGEST) as clients:
        await clients.book_for_payment()
        async with out(aquastream, part, "stopped"):
            found = await clients.all()
        assert found == TABLE[part]
        await clients.cancel()


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
    across = run_path(str(aquastream.folder / "invariants.py"))["faults"]
    until = time.monotonic() + SETTLES
    while (faults := across(lambda name: database(aquastream.folder, name))) and time.monotonic() < until:
        await asyncio.sleep(0.5)  # messages may still be on their way
    assert faults == []


async def play(backend):
    found = running(backend.folder)
    async with story_context(found) as context:
        await story_of(backend.folder)(context)


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
