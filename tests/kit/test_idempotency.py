import asyncio
import hashlib
from datetime import timedelta

import msgspec
import psycopg
import pytest

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency import MIGRATIONS, REPLAYED, Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey


class Made(msgspec.Struct):
    number: int


class Counter:
    """A write with a key: each effect is a row, and the answer says which."""

    def __init__(self, database):
        self.database = database
        self.idempotency = Idempotency(database)

    async def add(self, attempt, *, meanwhile=None):
        async def work(connection):
            row = await (await connection.execute("INSERT INTO effect DEFAULT VALUES RETURNING id")).fetchone()
            if meanwhile:
                await meanwhile(connection)
            return Answer(201, Made(row["id"]), {"Location": f"/made/{row['id']}"})

        return await self.idempotency.run(attempt, work)

    async def count(self, table="effect"):
        async with self.database.connection() as connection:
            row = await (await connection.execute(f"SELECT count(*) AS n FROM {table}")).fetchone()
            return row["n"]


async def counting(url, size=8):
    database = Database(url, migrations=[MIGRATIONS], size=size)
    await database.open()
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE effect (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY)")
    return Counter(database)


def attempt(key="k1", owner="auth-service", body=b"{}"):
    return IdempotencyKey(key, owner, hashlib.sha256(body).digest())


async def test_a_replay_gets_the_first_answer_to_the_byte(database_url):
    counter = await counting(database_url)
    first = await counter.add(attempt())
    again = await counter.add(attempt())
    assert (first.status_code, first.content) == (again.status_code, again.content) == (201, b'{"number":1}')
    assert first.headers == {"Location": "/made/1"}
    assert again.headers == {"Location": "/made/1", REPLAYED: "true"}
    assert await counter.count() == 1
    await counter.database.close()


async def test_without_a_key_each_attempt_has_its_effect(database_url):
    counter = await counting(database_url)
    answers = [await counter.add(attempt(key=None)) for _ in range(2)]
    assert [answer.content for answer in answers] == [b'{"number":1}', b'{"number":2}']
    assert await counter.count("idempotency") == 0
    await counter.database.close()


async def test_a_key_with_another_body_is_refused(database_url):
    counter = await counting(database_url)
    await counter.add(attempt())
    with pytest.raises(HttpProblem) as refused:
        await counter.add(attempt(body=b"other"))
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")
    assert await counter.count() == 1
    await counter.database.close()


async def test_one_key_of_two_owners_is_two_keys(database_url):
    counter = await counting(database_url)
    await counter.add(attempt(owner="auth-service"))
    await counter.add(attempt(owner="content-service"))
    assert await counter.count() == 2
    await counter.database.close()


async def test_fifty_clients_with_one_key_have_one_effect(database_url):
    counter = await counting(database_url)
    outcomes = await asyncio.gather(*(counter.add(attempt()) for _ in range(50)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    answers = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert all(isinstance(each, HttpProblem) and each.code == "idempotency_in_flight" for each in refused)
    assert {answer.content for answer in answers} == {b'{"number":1}'}
    assert sum(REPLAYED not in answer.headers for answer in answers) == 1
    assert await counter.count() == 1
    await counter.database.close()


async def test_an_attempt_in_flight_is_a_409_and_its_answer_comes_afterwards(database_url):
    counter = await counting(database_url)
    seen = []

    async def ask_again(_):
        try:
            await counter.add(attempt())
        except HttpProblem as refusal:
            seen.append((refusal.status, refusal.code, refusal.headers))

    await counter.add(attempt(), meanwhile=ask_again)
    assert seen == [(409, "idempotency_in_flight", {"Retry-After": "1"})]
    assert REPLAYED in (await counter.add(attempt())).headers
    await counter.database.close()


async def test_a_refusal_leaves_no_effect_and_no_key(database_url):
    counter = await counting(database_url)

    async def refuse(_):
        raise HttpProblem(429, "velocity_cap")

    with pytest.raises(HttpProblem, match="velocity_cap"):
        await counter.add(attempt(), meanwhile=refuse)
    assert (await counter.count(), await counter.count("idempotency")) == (0, 0)
    assert REPLAYED not in (await counter.add(attempt())).headers
    await counter.database.close()


async def test_a_connection_lost_half_way_leaves_no_effect_and_no_key(database_url, cluster):
    counter = await counting(database_url)

    async def cut(connection):
        with psycopg.connect(cluster.url()) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

    with pytest.raises(HttpProblem, match="database_unavailable"):
        await counter.add(attempt(), meanwhile=cut)
    assert (await counter.count(), await counter.count("idempotency")) == (0, 0)
    assert (await counter.add(attempt())).status_code == 201
    await counter.database.close()


async def test_an_answer_without_a_body_is_replayed_without_one(database_url):
    counter = await counting(database_url)

    async def work(_):
        return Answer(204)

    answers = [await counter.idempotency.run(attempt(), work) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    await counter.database.close()


async def test_keys_are_forgotten_by_age_when_asked(database_url):
    counter = await counting(database_url)
    await counter.add(attempt())
    assert await counter.idempotency.forget(timedelta(days=1)) == 0
    assert await counter.idempotency.forget(timedelta(0)) == 1
    await counter.database.close()
