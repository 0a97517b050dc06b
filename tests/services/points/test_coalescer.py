"""The coalescer: what comes while a commit is under way goes with the next one."""

import asyncio
from contextlib import asynccontextmanager

import psycopg
import pytest

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.migrations import Migrations
from stead.services.points import app as points_app
from stead.services.points.coalescer import Coalescer
from stead.services.points.contract import Award
from stead.services.points.replay import replay
from stead.services.points.store import Claim, Ledger


@asynccontextmanager
async def gathering(url, **how):
    database = Database(url, migrations=[Migrations.beside(points_app.__file__, "points")], size=4)
    await database.open()
    coalescer = Coalescer(Ledger(database, 1000, 60), **how)
    yield coalescer
    await coalescer.close()
    await database.close()


@asynccontextmanager
async def held(url, user="held"):
    """Hold a user's account, so that a lane has to wait."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("SELECT FROM account WHERE user_id = %s FOR UPDATE", (user,))
        yield


def claim(key, user="user_1", amount=1):
    return Claim("auth-service", key, Award(user, amount, "gathered"))


async def test_many_that_come_at_once_are_a_few_commits(database_url):
    async with gathering(database_url) as coalescer:
        await coalescer.award(claim("first"))
        outcomes = await asyncio.gather(*(coalescer.award(claim(f"k{n}", f"user_{n}")) for n in range(300)))
    assert {outcome.code for outcome in outcomes} == {"granted"}
    with psycopg.connect(database_url) as connection:
        commits = connection.execute("SELECT COUNT(DISTINCT xmin::text) FROM entry").fetchone()[0]
    assert commits <= 5


async def test_one_key_at_once_waits_for_its_first_answer(database_url):
    async with gathering(database_url) as coalescer:
        outcomes = await asyncio.gather(*(coalescer.award(claim("same")) for _ in range(20)))
        other = await coalescer.award(claim("same", amount=2))
    assert sorted(each.code for each in outcomes) == ["granted"] + 19 * ["replayed"]
    assert len({each.entry for each in outcomes}) == 1
    assert other.code == "idempotency_key_reused"
    assert replay(database_url).subject == "1 entries"


async def test_replays_of_one_key_cost_the_database_no_more_than_new_keys(database_url):
    batches = []

    async with gathering(database_url) as coalescer:
        award = coalescer._ledger.award

        async def counted(claims):
            batches.append(len(claims))
            return await award(claims)

        coalescer._ledger.award = counted
        first = await coalescer.award(claim("same"))
        replays = await asyncio.gather(*(coalescer.award(claim("same")) for _ in range(2000)))
    assert {(each.code, each.entry, each.balance) for each in replays} == {("replayed", first.entry, first.balance)}
    assert len(batches) < 5
    assert coalescer._under_way == {}


async def test_a_replay_is_answered_when_the_first_to_ask_has_gone(database_url):
    async with gathering(database_url) as coalescer:
        await coalescer.award(claim("first", "held"))
        async with held(database_url):
            first = asyncio.create_task(coalescer.award(claim("same", "held")))
            second = asyncio.create_task(coalescer.award(claim("same", "held")))
            await asyncio.sleep(0.05)
            first.cancel()
            await asyncio.sleep(0)
        assert (await second).code == "granted"


async def test_too_many_that_wait_are_told_so(database_url):
    async with gathering(database_url, most_waiting=10) as coalescer:
        await coalescer.award(claim("first", "held"))
        async with held(database_url):
            stuck = []
            for n in range(2):  # each lane has one that waits for the held account
                stuck.append(asyncio.create_task(coalescer.award(claim(f"stuck-{n}", "held"))))
                await asyncio.sleep(0.05)
            waiting = [asyncio.create_task(coalescer.award(claim(f"k{n}"))) for n in range(10)]
            await asyncio.sleep(0.05)
            with pytest.raises(HttpProblem, match="overloaded") as refused:
                await coalescer.award(claim("one more"))
            assert refused.value.status == 503
        outcomes = await asyncio.gather(*stuck, *waiting)
    assert {outcome.code for outcome in outcomes} == {"granted"}


async def test_what_the_database_rejects_fails_for_who_asked_it_alone(database_url):
    async with gathering(database_url) as coalescer:
        await coalescer.award(claim("first"))
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE entry ADD CHECK (amount <> 13)")
        asked = (coalescer.award(claim(f"k{n}", amount=n)) for n in range(11, 16))
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        assert (await coalescer.award(claim("last"))).code == "granted"
    assert [isinstance(outcome, psycopg.errors.CheckViolation) for outcome in outcomes] == [
        n == 13 for n in range(11, 16)
    ]
