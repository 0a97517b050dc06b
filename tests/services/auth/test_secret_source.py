"""The bot's token: given, or read from a real secrets service that may be away."""

import asyncio
import time

import pytest

from stead.kit.http_problem import HttpProblem
from stead.kit.live_setting import LiveSetting
from stead.services import secrets
from stead.services.auth import BOT_TOKEN, Telegram, composition
from stead.services.auth.providers import secret_source
from stead.services.secrets.app import create as create_vault
from stead.services.secrets.contract import Secret
from stead.testing.init_data import init_data, person

TOKEN, NEXT_TOKEN = "42:a-token-of-this-test-and-of-nobody", "42:a-token-that-comes-after-it-in-time"
VAULT = secrets.service("vault", holds=[BOT_TOKEN])
CALL = VAULT.may("read", keys=["TELEGRAM_BOT_TOKEN"])
NOWHERE = {"SECRETS_SERVICE_URL": "http://127.0.0.1:9"}


@pytest.fixture
def vault(neighbour):
    may = ["read", "read:TELEGRAM_BOT_TOKEN"]
    return lambda **told: neighbour(create_vault, VAULT, may, **{"TELEGRAM_BOT_TOKEN": TOKEN, **told})


async def verify(app, token=TOKEN):
    return await app.post("/v1/verify", caller="game", json={"init_data": init_data(token, person(7))})


async def test_a_token_that_is_given_is_never_asked_for(vault, described):
    async with vault() as (it, told), described(Telegram(), calls=[CALL], TELEGRAM_BOT_TOKEN=TOKEN, **told) as auth:
        assert (await verify(auth)).status_code == 200
        assert (await verify(auth, NEXT_TOKEN)).status_code == 401
        assert (await auth.get("/readyz")).status_code == 200
        assert it.asked == 0


async def test_it_is_read_once_at_first_use_for_all_who_wait(vault, described):
    async with vault() as (it, told), described(Telegram(), calls=[CALL], **told) as auth:
        assert (await auth.get("/health")).status_code == 200
        assert it.asked == 0
        answers = await asyncio.gather(*(verify(auth) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert it.asked == 1


DOWN = {
    "failing": "failing",
    "slow": "slow",
    "without it": HttpProblem(404, "unknown_secret"),
    "not yet": HttpProblem(403, "x"),
}


@pytest.mark.parametrize("state", DOWN.values(), ids=DOWN.keys())
async def test_nobody_is_judged_without_it(vault, described, state, monkeypatch):
    monkeypatch.setattr(composition, "BUDGET_SECONDS", 0.4)  # of patience with what is slow
    async with vault() as (it, told), described(Telegram(), calls=[CALL], **told) as auth:
        it.state = state
        started = time.monotonic()
        answers = await asyncio.gather(verify(auth), verify(auth, "43:forged"))
        assert time.monotonic() - started < 1
        assert {(one.status_code, one.json()["code"]) for one in answers} == {(503, "verifier_unavailable")}
        assert answers[0].headers["retry-after"] == "1"
        assert (await auth.get("/health")).status_code == 200
        assert (await auth.get("/readyz")).status_code == 503
        it.state = "well"
        async with asyncio.timeout(2):  # a breaker's rest, and no more
            while (await verify(auth)).status_code != 200:
                pass
        assert (await auth.get("/readyz")).status_code == 200


async def test_a_service_that_is_not_there_at_all_is_an_outage_too(described):
    async with described(Telegram(), calls=[CALL], **NOWHERE) as auth:
        answer = await verify(auth)
        assert (answer.status_code, answer.json()["code"]) == (503, "verifier_unavailable")
        no_query = await auth.post("/v1/verify", caller="game", json={"init_data": "hello"})
        assert no_query.status_code == 401


async def test_what_is_known_is_served_while_the_other_is_down(vault, described, monkeypatch):
    monkeypatch.setattr(secret_source, "FRESH_SECONDS", 0.0)
    async with vault() as (it, told), described(Telegram(), calls=[CALL], **told) as auth:
        assert (await verify(auth)).status_code == 200
        for it.state in ("failing", "slow", HttpProblem(404, "unknown_secret")):
            started = time.monotonic()
            for _ in range(3):
                assert (await verify(auth)).status_code == 200
            assert (await verify(auth, "43:forged")).status_code == 401
            assert (await auth.get("/readyz")).status_code == 200
            assert time.monotonic() - started < 1
        assert it.asked > 1


class Peer:
    """A connection to a secrets service, as a question and its answer."""

    def __init__(self):
        self.value, self.asked = TOKEN, 0

    async def ask(self, *_args, operation, **_more):
        assert operation == "read:TELEGRAM_BOT_TOKEN"
        self.asked += 1
        return Secret("TELEGRAM_BOT_TOKEN", self.value)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


async def test_a_token_that_was_replaced_is_noticed():
    peer, clock = Peer(), Clock()
    secret = secret_source.FetchedSecret("TELEGRAM_BOT_TOKEN", peer, clock=clock)
    assert await secret.value() == TOKEN
    peer.value = NEXT_TOKEN
    for _ in range(9):
        assert await secret.newer(TOKEN) is None
        assert await secret.value() == TOKEN
    assert peer.asked == 1  # whoever forges does not make anybody ask
    clock.now += secret_source.RECHECK_SECONDS + 1
    assert await asyncio.gather(secret.newer(TOKEN), secret.newer(TOKEN)) == [NEXT_TOKEN, NEXT_TOKEN]
    assert (await secret.value(), peer.asked) == (NEXT_TOKEN, 2)
    peer.value = TOKEN
    clock.now += secret_source.FRESH_SECONDS + 1
    assert await secret.value() == NEXT_TOKEN  # nobody waits for it
    await secret._asking
    assert (await secret.value(), peer.asked) == (TOKEN, 3)
    await secret.close()


async def test_a_key_too_short_to_verify_anything_is_none(caplog):
    peer = Peer()
    secret = secret_source.FetchedSecret("TELEGRAM_BOT_TOKEN", peer, shortest=99)
    with pytest.raises(secret_source.UnavailableError):
        await secret.value()
    assert "shorter than 99 bytes" in caplog.text and TOKEN not in caplog.text
    await secret.close()


def test_a_given_token_is_not_shown():
    assert TOKEN not in repr(secret_source.EnvironmentSecret(LiveSetting("TELEGRAM_BOT_TOKEN", TOKEN)))
