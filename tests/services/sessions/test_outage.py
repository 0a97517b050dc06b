"""A store that goes away: what the service says meanwhile, and how soon it is well again."""

import asyncio
import os
import signal
import time
from contextlib import contextmanager

import pytest

from stead.model import Postgres, Redis
from stead.run.postgres import Cluster, create_database
from stead.run.redis import Server, create_user
from stead.services.sessions import service
from stead.services.sessions.app import on_postgres, on_redis
from stead.testing.harness import running

CALLER = "auth-service"
NEW = {"user_id": "user_1", "method": "telegram"}
KEY = {"SESSION_SIGNING_KEY": "k" * 32}
SOON = 2.0  # seconds from the store's return until all is well


@contextmanager
def on(kind, folder):
    """Yield a store of its own, where a service finds it, and what makes the service."""
    server = Server(folder) if kind == "redis" else Cluster(folder)
    server.start()
    try:
        if kind == "redis":
            told = {"REDIS_URL": create_user(server.url(), "sessions", "a-password")}
            yield server, on_redis, {"service": service(store=Redis()), "environ": {**KEY, **told}}
        else:
            told = {"DATABASE_URL": create_database(server.url(), "sessions", "a-password")}
            yield server, on_postgres, {"service": service(store=Postgres()), "environ": {**KEY, **told}}
    finally:
        server.stop()


async def until(question):
    began = time.monotonic()
    while not await question():
        assert time.monotonic() - began < SOON
        await asyncio.sleep(0.02)


async def is_well(app, session):
    answers = [await app.get("/health"), await app.get("/readyz"), await verify(app, session)]
    return [answer.status_code for answer in answers] == [200, 200, 200]


async def verify(app, session):
    return await app.post("/v1/sessions/verify", caller=CALLER, json={"session": session})


@pytest.mark.parametrize(("kind", "code"), [("redis", "redis_unavailable"), ("postgres", "database_unavailable")])
async def test_while_the_store_is_down_health_is_503_and_it_heals_by_itself(kind, code, tmp_path):
    with on(kind, tmp_path / "store") as (server, create, how):
        async with running(create, **how) as app:
            session = (await app.post("/v1/sessions", caller=CALLER, json=NEW)).json()["session"]
            assert await is_well(app, session)
            await asyncio.to_thread(server.stop)
            health = await app.get("/health")
            assert (health.status_code, health.json()["status"]) == (503, "unavailable")
            assert set(health.json()) == {"service", "env", "status", "version"}
            assert (await app.get("/livez")).status_code == 200
            for answer in (await verify(app, session), await app.post("/v1/sessions", caller=CALLER, json=NEW)):
                assert (answer.status_code, answer.json()["code"]) == (503, code)
                assert answer.headers["retry-after"] == "1"
            await asyncio.to_thread(server.start)
            await until(lambda: is_well(app, session))


async def test_a_redis_that_hangs_or_is_killed_costs_no_acknowledged_session(tmp_path):
    with on("redis", tmp_path / "store") as (server, create, how):
        async with running(create, **how) as app:
            session = (await app.post("/v1/sessions", caller=CALLER, json=NEW)).json()["session"]
            os.kill(server.pid, signal.SIGSTOP)
            began = time.monotonic()
            answers = await asyncio.gather(*(verify(app, session) for _ in range(20)))
            assert {answer.status_code for answer in answers} == {503}
            assert time.monotonic() - began < 2
            os.kill(server.pid, signal.SIGCONT)
            await until(lambda: is_well(app, session))
            late = (await app.post("/v1/sessions", caller=CALLER, json=NEW)).json()["session"]
            os.kill(server.pid, signal.SIGKILL)
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            await until(lambda: is_well(app, late))


async def test_the_service_starts_before_its_redis(tmp_path):
    with on("redis", tmp_path / "store") as (server, create, how):
        await asyncio.to_thread(server.stop)
        async with running(create, **how) as app:
            assert (await app.get("/health")).status_code == 503
            await asyncio.to_thread(server.start)
            await until(lambda: _health(app))


async def _health(app):
    return (await app.get("/health")).status_code == 200
