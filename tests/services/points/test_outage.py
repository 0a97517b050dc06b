"""What breaks in the middle of the load: nothing is lost that was answered, and nothing is done twice.

A connection that is lost leaves open whether the commit happened. So every key is asked for again, until it is
answered; then each has one entry, whatever happened before.
"""

import asyncio
import os
import signal
import time
from random import Random

import psycopg

from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.run.postgres import Cluster, create_database
from stead.services import points
from stead.services.points import app as points_app
from stead.services.points.app import create
from stead.services.points.coalescer import Coalescer
from stead.services.points.contract import Award
from stead.services.points.replay import replay
from stead.services.points.store import Claim, Ledger
from stead.testing.harness import running

CLIENTS = 16


class Load:
    """Clients that award one point after another, each with a key of its own, until they are stopped."""

    def __init__(self, app):
        self.app = app
        self.answered = {}
        self.open = []
        self.going = True

    async def run(self):
        await asyncio.gather(*(self._client(number) for number in range(CLIENTS)))

    async def _client(self, number):
        made = 0
        while self.going:
            key = f"{number}-{made}"
            made += 1
            answer = await self.ask(key)
            assert answer.status_code in (201, 503), answer.text
            if answer.status_code == 201:
                self.answered[key] = answer.json()
            else:
                assert answer.headers["retry-after"]
                self.open.append(key)
                await asyncio.sleep(0.01)

    async def ask(self, key):
        body = {"user_id": f"user_{hash(key) % 5}", "amount": 1, "reason": "load"}
        return await self.app.post("/v1/awards", caller="auth-service", key=key, json=body)

    async def settle(self):
        """Ask for every key again; return how many there are. What was answered is answered alike."""
        keys = [*self.answered, *self.open]
        await asyncio.gather(*(self._settle(keys[number::CLIENTS]) for number in range(CLIENTS)))
        return len(keys)

    async def _settle(self, keys):
        for key in keys:
            for _ in range(100):
                again = await self.ask(key)
                if again.status_code != 503:
                    break
                await asyncio.sleep(0.05)
            assert again.status_code == 201
            assert again.json() == self.answered.get(key, again.json())


async def until(true):
    for _ in range(200):
        await asyncio.sleep(0.05)
        if true():
            return


async def test_connections_that_are_ended_under_load(service, database_url, cluster):
    async with service(points_velocity_cap=10**6) as app:
        load = Load(app)
        running_load = asyncio.create_task(load.run())
        ended = await asyncio.to_thread(end_connections, cluster.url(), database_url, 0.8)
        load.going = False
        await running_load
        keys = await load.settle()
    report = replay(database_url)
    assert ended > 5
    assert load.open
    assert (report.clean, report.subject) == (True, f"{keys} entries")


def end_connections(admin, database_url, seconds):
    """End whatever connection to the database there is, at random moments; return how many were."""
    name, random, ended = database_url.rpartition("/")[2], Random(3), 0
    end = time.monotonic() + seconds
    with psycopg.connect(admin, autocommit=True) as connection:
        while time.monotonic() < end:
            time.sleep(random.uniform(0.01, 0.04))
            rows = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            ).fetchall()
            ended += len(rows)
    return ended


async def test_a_database_that_stops_at_once_under_load(tmp_path_factory):
    server = Cluster(tmp_path_factory.mktemp("cluster"))
    server.start()
    try:
        url = create_database(server.url(), "points", "a-password")
        environ = {"DATABASE_URL": url, "POINTS_VELOCITY_CAP": str(10**6)}
        async with running(create, service=points.service(), environ=environ) as app:
            load = Load(app)
            running_load = asyncio.create_task(load.run())
            await until(lambda: len(load.answered) > 10)
            await asyncio.to_thread(stop_at_once, server)
            await until(lambda: load.open)  # a short outage is waited out; this one is longer
            before = len(load.answered)
            await asyncio.to_thread(server.start)
            await until(lambda: len(load.answered) > before)
            load.going = False
            await running_load
            assert load.open
            assert len(load.answered) > before > 0  # it went on by itself
            keys = await load.settle()
        report = replay(url)
        assert (report.clean, report.subject) == (True, f"{keys} entries")
    finally:
        server.stop()


def stop_at_once(server):
    """SIGQUIT: PostgreSQL drops everything as it is, and recovers from its log at the next start."""
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    end = time.monotonic() + 10
    while (server.data / "postmaster.pid").exists() and time.monotonic() < end:
        time.sleep(0.01)
    server.stop()


async def test_who_asked_and_went_away_leaves_the_others_alone(database_url):
    """An answer that nobody waits for any more: the award stands, and its key says so."""
    database = Database(database_url, migrations=[Migrations.beside(points_app.__file__, "points")], size=2)
    await database.open()
    coalescer = Coalescer(Ledger(database, 100, 60))
    claims = [Claim("auth-service", f"k{n}", Award("user_1", 1, "gone")) for n in range(20)]
    asked = [asyncio.create_task(coalescer.award(claim)) for claim in claims]
    await asyncio.sleep(0)
    for each in asked[::2]:
        each.cancel()
    answers = [await each for each in asked[1::2]]
    assert {answer.code for answer in answers} == {"granted"}
    for claim in claims:
        assert (await coalescer.award(claim)).code in ("granted", "replayed")
    await coalescer.close()
    await database.close()
    report = replay(database_url)
    assert (report.clean, report.subject) == (True, "20 entries")
