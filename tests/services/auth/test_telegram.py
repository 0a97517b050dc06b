"""initData over HTTP, in both modes: what is refused is refused alike, and the log alone tells why."""

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stead.services.auth import Telegram
from stead.testing.init_data import init_data, person

TOKEN, OTHER_TOKEN = "42:a-token-of-this-test-and-of-nobody", "43:a-token-of-another-bot"
TELEGRAM = Ed25519PrivateKey.generate()
PUBLIC = TELEGRAM.public_key().public_bytes_raw().hex()


@pytest.fixture(params=["token", "telegram"])
def app(request, described):
    """Return what runs auth in either mode."""

    @asynccontextmanager
    async def run(**options):
        if request.param == "token":
            telegram, settings = Telegram(**options), {"TELEGRAM_BOT_TOKEN": TOKEN}
        else:
            telegram, settings = Telegram(bot_ids=(41, 42), **options), {"TELEGRAM_PUBLIC_KEY": PUBLIC}
        async with described(telegram, **settings) as app:
            yield app

    return run


def opened(token=TOKEN, user=None, key=TELEGRAM, **more):
    return init_data(token, user or person(7, "Ann"), third_party=key, **more)


async def verify(app, raw, *, caller="game", **how):
    return await app.post("/v1/verify", caller=caller, json={"init_data": raw}, **how)


async def test_initdata_is_its_users(app):
    async with app() as auth:
        answer = await verify(auth, opened(user=person(7, "Аня", last_name="Смит", username="x")))
        said = answer.json()
        assert answer.status_code == 200
        assert datetime.fromisoformat(said.pop("expires_at")).timestamp() == pytest.approx(time.time() + 3600, abs=5)
        assert said == {"user_id": "7", "method": "telegram", "name": "Аня Смит"}


async def test_it_keeps_no_database_and_is_healthy_and_ready(app):
    async with app() as auth:
        assert (await auth.get("/health")).status_code == (await auth.get("/readyz")).status_code == 200
        for path in ("/v1/me", "/v1/webhooks/clerk", "/v1/users/ensure"):
            assert (await auth.post(path, caller="game")).status_code == 404


def changed(raw, **values):
    return urlencode([(name, values.get(name, value)) for name, value in parse_qsl(raw, keep_blank_values=True)])


REFUSED = {
    "a date that was moved": ("forged", lambda: changed(opened(at=time.time() - 4000), auth_date=int(time.time()))),
    "another user": ("forged", lambda: changed(opened(), user='{"id":8,"first_name":"Ann"}')),
    "read and written again": ("forged", lambda: changed(opened(), user='{"id": 7, "first_name": "Ann"}')),
    "of another bot": ("forged", lambda: opened(OTHER_TOKEN)),
    "of another signer": ("forged", lambda: opened(OTHER_TOKEN, key=Ed25519PrivateKey.generate())),
    "with something more": ("forged", lambda: opened() + "&start_param=x"),
    "with something less": ("forged", lambda: opened(start_param="x").replace("&start_param=x", "")),
    "expired": ("expired", lambda: opened(at=time.time() - 3602)),
    "of tomorrow": ("from the future", lambda: opened(at=time.time() + 40)),
    "cut short": ("malformed", lambda: opened()[:40]),
    "cut inside the user": ("malformed", lambda: opened().partition("%22")[0]),
    "a key twice": ("duplicate", lambda: opened() + "&auth_date=1"),
    "a signature twice": ("duplicate", lambda: opened() + "&signature=x"),
    "without a user": ("malformed: no user", lambda: opened(user="nobody")),
    "an id of 400 digits": ("malformed: no user", lambda: opened(user='{"id":' + "7" * 400 + "}")),
    "an id of 5,000 digits": ("malformed: no user", lambda: opened(user='{"id":' + "7" * 5000 + "}")),
    "an id of more bits than Telegram has": ("malformed: no user", lambda: opened(user=f'{{"id":{2**52}}}')),
    "nothing": ("of an unknown provider", lambda: ""),
    "a word": ("of an unknown provider", lambda: "hello"),
    "long": ("malformed", lambda: "a" * 4000 + "=" + "b" * 4000),
}


async def test_whatever_is_wrong_the_answer_is_one_and_the_reason_is_logged(app, reasons):
    async with app() as auth:
        answers = []
        for what, (reason, make) in REFUSED.items():
            answers.append(await verify(auth, make()))
            [said] = reasons()
            assert said.startswith(reason), what
        used = opened()
        assert (await verify(auth, used)).status_code == 200
        answers.append(await verify(auth, used))
        assert reasons() == ["replayed"]
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.content for answer in answers}) == 1
        assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


async def test_initdata_that_is_none_by_its_size_is_no_question(app):
    async with app() as auth:
        for size, status in ((8193, 422), (200_000, 422), (1_100_000, 413)):
            assert (await verify(auth, "a" * size)).status_code == status
        for body in ({"init_data": "x", "token": "x"}, {}, {"init_data": None}, {"init_data": 5}, {"initData": "x"}):
            answer = await auth.post("/v1/verify", caller="game", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body"), body


async def test_neither_is_taken_for_the_other(app, reasons):
    async with app() as auth:
        answer = await auth.post("/v1/verify", caller="game", json={"token": opened()})
        assert (answer.status_code, reasons()) == (401, ["of an unknown provider"])


async def test_the_log_does_not_hold_what_was_shown(app, caplog):
    caplog.set_level("DEBUG")
    async with app() as auth:
        raw = opened()
        await verify(auth, raw)
        await verify(auth, raw)
        await verify(auth, raw + "x")
    pairs = dict(parse_qsl(raw))
    for secret in (TOKEN, pairs["hash"], pairs["signature"]):
        assert secret not in caplog.text
        assert not [record for record in caplog.records if secret in str(record.__dict__)]


async def test_what_was_taken_is_refused_however_it_is_written(app, reasons):
    async with app() as auth:
        raw = opened()
        assert (await verify(auth, raw)).status_code == 200
        for again in (
            raw,
            "&".join(reversed(raw.split("&"))),
            raw.replace("+", "%20"),
            raw.replace("user=", "us%65r="),
        ):
            assert (await verify(auth, again)).status_code == 401
            assert reasons() == ["replayed"]


async def test_of_many_at_once_one_is_taken(app):
    async with app() as auth:
        raw = opened()
        answers = await asyncio.gather(*(verify(auth, raw, key=f"k{n}") for n in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19


async def test_a_lost_answer_may_be_asked_for_again_with_its_key(app):
    async with app() as auth:
        raw = opened()
        first = await verify(auth, raw, key="one")
        assert (await verify(auth, raw, key="one")).content == first.content
        assert (await verify(auth, raw, key="two")).status_code == 401
        assert (await verify(auth, raw)).status_code == 401
        assert (await verify(auth, raw, key="one")).status_code == 200
        assert (await verify(auth, raw, caller="tigrit-api", key="two")).status_code == 200
        assert (await verify(auth, raw, caller="tigrit-api", key="one")).status_code == 401


async def test_replays_can_be_let_through(app):
    async with app(refuse_replays=False) as auth:
        raw = opened()
        assert [(await verify(auth, raw)).status_code for _ in range(3)] == [200] * 3


async def test_the_age_is_the_descriptions(app, reasons):
    async with app(max_age=60) as auth:
        assert (await verify(auth, opened(at=time.time() - 58))).status_code == 200
        assert (await verify(auth, opened(at=time.time() - 62))).status_code == 401
        assert reasons() == ["expired"]


async def test_a_name_is_what_can_be_shown_of_it(app):
    names = {
        "Ann": "Ann",
        "  \u202eAnn\u0000\u200b\n Lee  ": "Ann Lee",
        "👨‍👩‍👧": "👨‍👩‍👧",
        "می‌خواهم": "می‌خواهم",
        "\u00a0": None,
        "": None,
        "x" * 300: "x" * 128,
    }
    async with app() as auth:
        for given, shown in names.items():
            answer = await verify(auth, opened(user=person(7, given)))
            assert (answer.status_code, answer.json().get("name")) == (200, shown), given
