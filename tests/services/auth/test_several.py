"""Several providers at once, one database, and the stores that remember which initData was taken."""

import asyncio
import secrets
import shutil
import tempfile
import time
from pathlib import Path

import jwt
import pytest

from stead import Clerk
from stead.kit.database import Database
from stead.model import Redis as RedisResource
from stead.run.redis import Server, create_user
from stead.services.auth import Jwt, Telegram
from stead.services.auth.replay_guard import MemoryReplayGuard, PostgresReplayGuard, Use
from stead.services.auth.sign_ups import MIGRATIONS
from stead.testing.init_data import init_data, person

TOKEN = "42:a-token-of-this-test-and-of-nobody"
SECRETS = {"one": "the secret of the first issuer, long enough", "two": "the secret of another issuer, long enough"}
ISSUERS = {name: f"https://{name}.test" for name in SECRETS}


def signed(name, issuer=None, **more):
    claims = {"iss": issuer or ISSUERS[name], "aud": "stead", "sub": "ann", "exp": int(time.time()) + 60}
    return jwt.encode({**claims, **more}, SECRETS[name], "HS256")


@pytest.fixture
def everybody(described, clerk, database_url, tmp_path):
    """Return what runs auth with Clerk, Telegram and two issuers."""
    issuers = [Jwt(ISSUERS[name], "stead", "HS256", name=name, prefix=f"{name}:") for name in SECRETS]
    told = {f"AUTH_{name.upper()}_SECRET": secret for name, secret in SECRETS.items()}
    told |= {"DATABASE_URL": database_url, "TELEGRAM_BOT_TOKEN": TOKEN, **clerk.environment(tmp_path)}
    return lambda: described(Clerk(), Telegram(), *issuers, **told)


async def verify(app, *, caller="game", key=None, **shown):
    return await app.post("/v1/verify", caller=caller, key=key, json=shown)


async def test_each_vouches_for_its_own_and_for_nobody_else(everybody, clerk):
    async with everybody() as app:
        shown = {
            ("user_1", "clerk"): {"token": clerk.session("user_1")},
            ("7", "telegram"): {"init_data": init_data(TOKEN, person(7))},
            ("one:ann", "one"): {"token": signed("one")},
            ("two:7", "two"): {"token": signed("two", sub="7")},
        }
        for whose, credential in shown.items():
            said = (await verify(app, **credential)).json()
            assert (said["user_id"], said["method"]) == whose
        for foreign in (
            signed("one", ISSUERS["two"]),
            signed("two", clerk.issuer),
            clerk.session("x", iss=ISSUERS["one"]),
        ):
            assert (await verify(app, token=foreign)).status_code == 401


async def test_clerks_side_of_it_works_as_ever(everybody, clerk, send):
    async with everybody() as app:
        await send(app, "user.created", {"id": "user_1", "first_name": "Ann"})
        assert (await app.get("/v1/me", user="user_1")).json()["name"] == "Ann"
        await send(app, "user.deleted", {"id": "user_1"})
        assert (await verify(app, token=clerk.session("user_1"))).status_code == 401
        assert (await verify(app, token=signed("one", sub="user_1"))).json()["user_id"] == "one:user_1"


async def test_with_a_database_all_replicas_know_what_was_taken(everybody, rows):
    raw = init_data(TOKEN, person(7))
    async with everybody() as one, everybody() as two:
        assert (await verify(one, init_data=raw, key="k")).status_code == 200
        assert (await verify(two, init_data=raw)).status_code == 401
        assert (await verify(two, init_data=raw, key="k")).status_code == 200
        answers = [verify(app, init_data=init_data(TOKEN, person(8), at=time.time())) for app in (one, two)]
        assert {answer.status_code for answer in await asyncio.gather(*answers)} == {200}
    async with everybody() as later:
        assert (await verify(later, init_data=raw)).status_code == 401
    [row] = rows("SELECT caller, key, expires_at - now() AS left FROM init_data WHERE key IS NOT NULL")
    assert (row["caller"], row["key"]) == ("game", "k")
    assert 3500 < row["left"].total_seconds() <= 3600


@pytest.fixture
def redis_url():
    folder = Path(tempfile.mkdtemp(prefix="stead-redis-"))
    server = Server(folder, durable=False)
    server.start()
    yield create_user(server.url(), "auth", "a-password")
    server.stop()
    shutil.rmtree(folder)


async def test_with_a_redis_all_replicas_know_what_was_taken(described, redis_url):
    told = {"TELEGRAM_BOT_TOKEN": TOKEN, "REDIS_URL": redis_url}
    async with (
        described(Telegram(), store=RedisResource(), **told) as one,
        described(Telegram(), store=RedisResource(), **told) as two,
    ):
        raw = init_data(TOKEN, person(7))
        assert (await verify(one, init_data=raw, key="k")).status_code == 200
        assert (await verify(two, init_data=raw)).status_code == 401
        assert (await verify(two, init_data=raw, key="other")).status_code == 401
        assert (await verify(two, init_data=raw, key="k")).status_code == 200
        assert (await verify(two, init_data=raw, caller="tigrit-api")).status_code == 200


async def test_a_store_that_is_down_is_no_verdict(described):
    told = {"TELEGRAM_BOT_TOKEN": TOKEN, "REDIS_URL": "redis://127.0.0.1:9"}
    async with described(Telegram(), store=RedisResource(), **told) as app:
        answer = await verify(app, init_data=init_data(TOKEN, person(7)))
        assert (answer.status_code, answer.json()["code"]) == (503, "redis_unavailable")
        assert (await verify(app, init_data="hello=1")).status_code == 401
        assert (await app.get("/health")).status_code == 200
        assert (await app.get("/readyz")).status_code == 503


def use(name=b"one", key=None, *, caller="game", until=None):
    return Use(caller, name, key, time.time() + 60 if until is None else until)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


async def test_a_process_forgets_what_is_no_longer_good():
    clock = Clock()
    seen = MemoryReplayGuard(clock=clock)
    assert await seen.take(use(b"a", until=1010.0))
    assert await seen.take(use(b"b", until=1020.0))
    clock.now = 1015.0
    assert await seen.take(use(b"a", until=1010.0))
    assert not await seen.take(use(b"b", until=1020.0))
    assert len(seen._taken) == 2


async def test_a_process_remembers_so_much_and_says_when_it_is_too_much(caplog):
    seen = MemoryReplayGuard(most=3)
    for name in (b"a", b"b", b"c"):
        assert await seen.take(use(name))
    assert not await seen.take(use(b"c"))
    assert not caplog.records
    assert await seen.take(use(b"d"))
    assert "forgets initData that is still valid" in caplog.text
    assert len(seen._taken) == 3


async def test_a_database_forgets_a_few_at_a_time(database_url, rows):
    database = Database(database_url, migrations=MIGRATIONS)
    await database.open()
    seen = PostgresReplayGuard(database)
    for n in range(15):
        assert await seen.take(use(secrets.token_bytes(32), until=time.time() - 120 - n))
        assert await seen.take(use(b"kept")) is (n == 0)
    left = rows("SELECT once FROM init_data")
    await database.close()
    assert len(left) <= 2 and {"once": b"kept"} in left
