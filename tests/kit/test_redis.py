"""The kit's Redis: what it answers in an outage, and how soon it is well again."""

import asyncio
import os
import signal
import time

import pytest

from stead.kit.http_problem import HttpProblem
from stead.kit.redis import Redis, Script
from stead.model import SteadError
from stead.run.redis import Server, create_user

ECHO = Script("return {KEYS[1], ARGV[1]}")


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def url(server):
    return create_user(server.url(), "sessions", "a-password")


async def opened(url):
    redis = Redis(url, prefix="own")
    await redis.open()
    return redis


async def refused(redis):
    with pytest.raises(HttpProblem) as caught:
        await redis.check()
    return caught.value


async def test_runs_commands_and_scripts_as_its_own_user(url):
    redis = await opened(url)
    assert await redis.execute("SET", redis.key("a", "b"), "1") in (b"OK", True)
    assert await redis.execute("GET", "sessions:own:a:b") == b"1"
    assert await redis.run(ECHO, ["x"]) == [b"sessions:own:", b"x"]
    assert await redis.run(ECHO, ["y"]) == [b"sessions:own:", b"y"]
    await redis.close()


@pytest.mark.parametrize(
    ("user", "prefix"), [("", "own"), (":a@", "own"), ("default:a@", "own"), ("shop_sessions:a@", "shop_sessions:own")]
)
def test_keys_are_those_that_the_user_reaches(user, prefix):
    assert Redis(f"redis://{user}127.0.0.1:1/0", prefix="own").key("a") == f"{prefix}:a"


async def test_an_outage_is_503_and_over_within_a_second(server, url):
    redis = await opened(url)
    await asyncio.gather(*(redis.check() for _ in range(8)))  # several connections, all about to break
    for how in (signal.SIGKILL, signal.SIGTERM):
        os.kill(server.pid, how)
        await asyncio.to_thread(server.stop)
        refusal = await refused(redis)
        assert (refusal.status, refusal.code, refusal.headers) == (503, "redis_unavailable", {"Retry-After": "1"})
        await asyncio.to_thread(server.start)
        began = time.monotonic()
        await asyncio.gather(*(redis.check() for _ in range(8)))
        assert await redis.run(ECHO, ["x"]) == [b"sessions:own:", b"x"]
        assert time.monotonic() - began < 1
    await redis.close()


async def test_a_service_starts_before_its_redis(server, url):
    await asyncio.to_thread(server.stop)
    redis = await opened(url)
    await refused(redis)
    await asyncio.to_thread(server.start)
    await redis.check()
    await redis.close()


async def test_a_redis_that_hangs_is_given_up_in_time(server, url):
    redis = await opened(url)
    os.kill(server.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert (await refused(redis)).code == "redis_unavailable"
        assert time.monotonic() - began < 1.5
    finally:
        os.kill(server.pid, signal.SIGCONT)
    await redis.check()
    await redis.close()


async def test_neither_a_refusal_nor_the_log_holds_the_password(server, url, caplog):
    await asyncio.to_thread(server.stop)
    redis = await opened(url)
    refusal = await refused(redis)
    assert "a-password" not in f"{refusal!r}{refusal.body()}{caplog.text}{refusal.__cause__!r}"
    await redis.close()
    await asyncio.to_thread(server.start)
    redis = await opened(url.replace("a-password", "another-one"))
    assert (await refused(redis)).status == 503
    assert "another-one" not in caplog.text
    await redis.close()


@pytest.mark.parametrize("url", ["", "http://x", "redis://:a-password@", "redis://x:a-password@h:port", "redis://h:-1"])
def test_a_url_that_cannot_be_read_is_refused_without_being_shown(url):
    with pytest.raises(SteadError, match="is malformed") as caught:
        Redis(url, prefix="x")
    assert "a-password" not in str(caught.value)


async def test_before_it_is_opened_it_refuses():
    assert (await refused(Redis("redis://127.0.0.1:1/0", prefix="x"))).status == 503
