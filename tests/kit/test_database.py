import asyncio
import random
import time

import psycopg
import pytest

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.metrics import Metrics
from stead.model import SteadError
from stead.run.postgres import Cluster


async def opened(url, **more):
    database = Database(url, **more)
    await database.open()
    return database


async def test_a_transaction_commits_at_its_end_and_is_undone_by_an_exception(database_url):
    database = await opened(database_url)
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE note (text text)")
        await connection.execute("INSERT INTO note VALUES ('kept')")
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO note VALUES ('lost')")
            raise ZeroDivisionError
    async with database.connection() as connection:
        rows = await (await connection.execute("SELECT text FROM note")).fetchall()
    await database.close()
    assert rows == [{"text": "kept"}]


async def test_the_pool_tells_how_many_connections_are_in_use(database_url):
    database = await opened(database_url, size=3)

    def shown():
        text = Metrics([database]).render().decode()
        return {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if line.startswith("database_")}

    async with database.connection():
        assert shown() == {"database_pool_size": 3, "database_pool_used": 1, "database_pool_waiting": 0}
    assert shown()["database_pool_used"] == 0
    await database.close()
    assert shown()["database_pool_used"] == 0


async def test_connections_carry_limits(database_url):
    database = await opened(database_url)
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT current_setting('statement_timeout') AS s")
        assert await cursor.fetchone() == {"s": "10s"}
    await database.close()


async def test_a_url_that_cannot_be_read_is_refused_without_its_password():
    with pytest.raises(SteadError) as refused:
        Database("postgresql//me:hunter2@host/db")
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_a_service_opens_without_its_database_and_becomes_ready_when_it_comes(tmp_path, caplog):
    cluster = Cluster(tmp_path / "pg", durable=False)
    cluster.prepare()
    database = await opened(cluster.url())
    with pytest.raises(HttpProblem) as refused:
        await database.check()
    assert (refused.value.status, refused.value.code) == (503, "database_unavailable")
    assert "Retry-After" in refused.value.headers
    cluster.start()
    try:
        await asyncio.wait_for(_ready(database), 5)
        await database.check()
    finally:
        await database.close()
        cluster.stop()
    assert cluster.password not in caplog.text


async def test_a_pool_survives_a_restart_of_the_server(tmp_path):
    cluster = Cluster(tmp_path / "pg", durable=False)
    cluster.start()
    database = await opened(cluster.url(), size=4)
    await asyncio.gather(*(_sleep(database, 0.05) for _ in range(4)))  # four connections are open now
    cluster.stop()
    with pytest.raises(HttpProblem) as refused:
        await database.check()
    assert refused.value.code == "database_unavailable"
    cluster.start()
    started = time.monotonic()
    try:
        await asyncio.wait_for(_ready(database), 5)
        await asyncio.gather(*(database.check() for _ in range(20)))
    finally:
        await database.close()
        cluster.stop()
    assert time.monotonic() - started < 5


async def test_the_first_request_after_a_restart_does_not_meet_a_dead_connection(tmp_path):
    cluster = Cluster(tmp_path / "pg", durable=False)
    cluster.start()
    database = await opened(cluster.url(), size=4)
    await asyncio.gather(*(_sleep(database, 0.05) for _ in range(4)))
    cluster.stop()
    cluster.start()
    await database.check()
    await database.close()
    cluster.stop()


async def test_a_connection_lost_in_a_transaction_is_a_503(database_url, cluster):
    database = await opened(database_url)
    with pytest.raises(HttpProblem) as refused:
        async with database.transaction() as connection:
            with psycopg.connect(cluster.url()) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
            await connection.execute("SELECT 1")
    assert refused.value.code == "database_unavailable"
    await database.check()
    await database.close()


async def test_a_pool_with_no_free_connection_refuses_in_time(database_url):
    database = await opened(database_url, size=1)
    async with database.connection():
        with pytest.raises(HttpProblem) as refused:
            await _sleep(database, 0)
    assert refused.value.status == 503
    await database.close()


async def test_run_tries_again_after_a_deadlock(database_url):
    database = await opened(database_url)
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE pair (id int PRIMARY KEY, n int)")
        await connection.execute("INSERT INTO pair VALUES (1, 0), (2, 0)")

    async def both(first, second):
        async def work(connection):
            await connection.execute("UPDATE pair SET n = n + 1 WHERE id = %s", (first,))
            await asyncio.sleep(0.05)
            await connection.execute("UPDATE pair SET n = n + 1 WHERE id = %s", (second,))

        await database.run(work)

    await asyncio.gather(both(1, 2), both(2, 1))
    async with database.connection() as connection:
        rows = await (await connection.execute("SELECT n FROM pair")).fetchall()
    await database.close()
    assert [row["n"] for row in rows] == [2, 2]


async def _sleep(database, seconds):
    async with database.connection() as connection:
        await connection.execute("SELECT pg_sleep(%s)", (seconds,))


async def _ready(database):
    while True:
        try:
            return await database.check()
        except HttpProblem:
            await asyncio.sleep(0.02)


async def test_a_pool_that_gives_no_connection_any_more_is_stuck(database_url, monkeypatch):
    monkeypatch.setattr("stead.kit.pool.STUCK", 0.3)
    monkeypatch.setattr("stead.kit.pool.WAIT", 0.1)
    database = await opened(database_url, size=2)
    async with database.connection(), database.connection():
        with pytest.raises(HttpProblem):
            await database.check()
        assert database.stuck() == ""  # not for long enough
        await asyncio.sleep(0.35)
        assert database.stuck() == "all 2 connections of the pool have been in use for 0 s"
    assert database.stuck() == ""
    await database.close()


async def test_a_server_that_is_not_there_does_not_make_a_pool_stuck(tmp_path, monkeypatch):
    monkeypatch.setattr("stead.kit.pool.STUCK", 0.2)
    monkeypatch.setattr("stead.kit.pool.WAIT", 0.1)
    cluster = Cluster(tmp_path / "pg", durable=False)
    cluster.start()
    database = await opened(cluster.url(), size=1)
    try:
        await database.check()
        cluster.stop()
        for _ in range(4):
            with pytest.raises(HttpProblem):
                await database.check()
            await asyncio.sleep(0.1)
        assert database.stuck() == ""
    finally:
        await database.close()


async def test_requests_beyond_the_queue_are_refused_at_once_and_those_in_it_within_a_second(database_url, monkeypatch):
    monkeypatch.setattr("stead.kit.pool.QUEUE", 20)
    database = await opened(database_url, size=2)
    started = time.monotonic()
    refused = []

    async def one():
        try:
            await _sleep(database, 0.2)
        except HttpProblem as refusal:
            refused.append((time.monotonic() - started, refusal))

    try:
        await asyncio.gather(*(_sleep(database, 0.05) for _ in range(4)))  # two connections are open now
        started = time.monotonic()
        await asyncio.gather(*(one() for _ in range(100)))
    finally:
        await database.close()
    at = sorted(at for at, _ in refused)
    assert len(at) > 80
    assert at[50] < 0.5  # 58 beyond the queue
    assert at[-1] < 1.9  # the gateway gives up after two seconds
    assert {(each.status, each.code, each.headers["Retry-After"]) for _, each in refused} == {
        (503, "database_busy", "1")
    }


async def test_a_statement_that_is_given_up_is_an_answer_of_its_own(database_url):
    database = await opened(database_url)
    with pytest.raises(HttpProblem) as refused:
        async with database.connection() as connection:
            await connection.execute("SET statement_timeout = 20")
            await connection.execute("SELECT pg_sleep(1)")
    await database.close()
    assert (refused.value.status, refused.value.code) == (503, "database_busy")


async def test_a_cancelled_request_gives_its_connection_back(database_url):
    database = await opened(database_url, size=3)
    chance = random.Random(1)

    async def cancelled():
        async def work():
            async with database.transaction() as connection:
                await connection.execute("SELECT 1")

        task = asyncio.create_task(work())
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    for _ in range(20):
        await asyncio.gather(*(cancelled() for _ in range(20)))
    async with database.connection(), database.connection(), database.connection() as last:
        await last.execute("SELECT 1")
    await database.close()
