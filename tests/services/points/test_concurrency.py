"""Many at once, over many connections and several replicas."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

from services.crowd import crowd
from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.services.points import app as points_app
from stead.services.points.contract import Award
from stead.services.points.replay import replay
from stead.services.points.store import Claim, Ledger

AWARD = {"user_id": "user_1", "amount": 1, "reason": "welcome"}


@asynccontextmanager
async def ledger(url, *, cap, connections):
    """The store alone, with as many calls at once as there are connections."""
    database = Database(url, migrations=[Migrations.beside(points_app.__file__, "points")], size=connections)
    await database.open()
    yield Ledger(database, cap, 60, workers=connections)
    await database.close()


async def test_fifty_clients_with_one_key_get_one_entry(service, database_url):
    async with service() as app:
        answers = await crowd(*[lambda: app.post("/v1/awards", caller="auth-service", key="one", json=AWARD)] * 50)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 49
    report = replay(database_url)
    assert (report.clean, report.subject) == (True, "1 entries")


async def test_sixteen_clients_against_a_cap_of_fifty_get_fifty(service, database_url):
    """Three replicas, so that the lock has to hold between processes, and not only within the coalescer."""

    async def client(app, number):
        keys = (f"{number}-{n}" for n in range(6))
        return [(await app.post("/v1/awards", caller="auth-service", key=key, json=AWARD)).status_code for key in keys]

    async with AsyncExitStack() as stack:
        apps = [await stack.enter_async_context(service(points_velocity_cap=50)) for _ in range(3)]
        answers = await asyncio.gather(*(client(apps[number % 3], number) for number in range(16)))
    statuses = [status for each in answers for status in each]
    assert (statuses.count(201), statuses.count(429)) == (50, 46)
    report = replay(database_url)
    assert (report.clean, report.subject) == (True, "50 entries")


async def test_sixteen_connections_against_a_cap_of_fifty_get_fifty(database_url):
    """One award a call, no coalescer: every one of them waits for the lock of the others."""
    async with ledger(database_url, cap=50, connections=16) as store:
        claims = [Claim("auth-service", f"k{n}", Award("user_1", 1, "race")) for n in range(80)]
        outcomes = await asyncio.gather(*(store.award([claim]) for claim in claims))
    codes = [outcome.code for [outcome] in outcomes]
    assert (codes.count("granted"), codes.count("velocity_cap")) == (50, 30)
    assert replay(database_url).clean


async def test_batches_of_new_users_that_cross_do_not_wait_in_a_circle(database_url):
    """Everybody's first award, in batches that overlap in every order; a deadlock would take a second each."""
    random = Random(7)
    async with ledger(database_url, cap=10**6, connections=16) as store:
        batches = [
            [Claim("auth-service", f"{b}-{n}", Award(f"user_{random.randrange(200)}", 1, "race")) for n in range(64)]
            for b in range(48)
        ]
        async with asyncio.timeout(8):
            outcomes = await asyncio.gather(*(store.award(batch) for batch in batches))
    assert {outcome.code for batch in outcomes for outcome in batch} == {"granted"}
    report = replay(database_url)
    assert (report.clean, report.subject) == (True, f"{48 * 64} entries")


async def test_one_key_for_many_users_at_once_is_one_entry(database_url):
    async with ledger(database_url, cap=50, connections=8) as store:
        claims = [Claim("auth-service", "one", Award(f"user_{n}", 1, "race")) for n in range(16)]
        outcomes = await asyncio.gather(*(store.award([claim]) for claim in claims))
    codes = [outcome.code for [outcome] in outcomes]
    assert (codes.count("granted"), codes.count("idempotency_key_reused")) == (1, 15)
    report = replay(database_url)
    assert (report.clean, report.subject) == (True, "1 entries")
