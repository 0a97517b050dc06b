"""Where the signing key comes from: the environment, or a secrets service that may be down."""

import asyncio

import pytest

from stead.kit.caller import Credentials
from stead.kit.key import new_private_key, signing_key
from stead.kit.peer import Peer, PeerRefused, PeerUnavailable
from stead.kit.refusal import Refusal
from stead.kit.settings import SettingsError
from stead.model import Call, Redis, Service, Setting
from stead.model.setting import REQUIRED
from stead.services import secrets, sessions
from stead.services.secrets.contract import Secret
from stead.services.sessions import keys as module
from stead.services.sessions.app import on_redis
from stead.services.sessions.keys import AskedKeys, GivenKeys
from stead.testing.harness import running

KEY = "k" * 32
REDIS = {"REDIS_URL": "redis://127.0.0.1:1/0"}


class Vault:
    """What answers, or not, in place of the connection to a secrets service."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    async def read(self, key):
        assert key == "SESSION_SIGNING_KEY"
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Secret(key, answer)


def asked(*answers):
    keys = AskedKeys(Peer("secrets", "http://127.0.0.1:1", Credentials("x", signing_key(new_private_key("x")))))
    keys._client = Vault(*answers)
    return keys


async def test_the_key_is_read_once_for_all_who_wait():
    keys = asked(KEY)
    rings = await asyncio.gather(*(keys.ring() for _ in range(5)))
    assert rings == [GivenKeys(KEY)._ring] * 5
    assert keys._client.asked == 1


@pytest.mark.parametrize(
    "failure", [PeerUnavailable("secrets", "down"), PeerRefused("secrets", 404, "unknown_secret"), "short"]
)
async def test_without_a_key_it_is_503_until_there_is_one(failure, caplog):
    keys = asked(failure, KEY)
    with pytest.raises(Refusal) as caught:
        await keys.ring()
    assert (caught.value.status, caught.value.code) == (503, "secrets_unavailable")
    assert caught.value.headers["Retry-After"] == "1"
    assert await keys.ring() == GivenKeys(KEY)._ring
    assert KEY not in caplog.text


async def test_a_key_is_served_while_the_other_service_is_down(monkeypatch):
    monkeypatch.setattr(module, "FRESH", 0.0)
    keys = asked(KEY, PeerUnavailable("secrets", "down"))
    for _ in range(3):
        assert await keys.ring() == GivenKeys(KEY)._ring
        await asyncio.sleep(0)
    assert keys._client.asked > 1
    await keys.check()
    await keys.close()


async def test_a_key_that_was_replaced_is_noticed_in_the_background(monkeypatch):
    monkeypatch.setattr(module, "FRESH", 0.0)
    keys = asked(KEY, "n" * 32)
    assert await keys.ring() == GivenKeys(KEY)._ring
    await keys.ring()
    await asyncio.sleep(0.01)
    assert await keys.ring() == GivenKeys("n" * 32)._ring
    await keys.close()


async def test_with_neither_way_the_service_does_not_start():
    with pytest.raises(SettingsError) as caught:
        async with running(on_redis, service=sessions.service(store=Redis()), environ=REDIS):
            pass
    assert "SESSION_SIGNING_KEY is missing" in str(caught.value)
    assert 'vault.may("read", keys=["SESSION_SIGNING_KEY"])' in str(caught.value)


@pytest.mark.parametrize("told", [{"SESSION_SIGNING_KEY": "short"}, {"SESSION_ACCESS_SECONDS": "301"}])
async def test_a_setting_that_cannot_be_used_stops_the_start(told):
    with pytest.raises(SettingsError) as caught:
        async with running(
            on_redis, service=sessions.service(store=Redis()), environ={"SESSION_SIGNING_KEY": KEY, **REDIS, **told}
        ):
            pass
    assert next(iter(told)) in str(caught.value)
    assert "short" not in str(caught.value)


def declared(service, name) -> Setting:
    return next(setting for setting in service.declared if setting.name == name)


def test_with_a_call_to_a_secrets_service_the_environment_need_not_hold_the_key():
    vault = secrets.service()
    alone = sessions.service(store=Redis())
    calling = sessions.service(store=Redis(), calls=[vault.may("read", keys=["SESSION_SIGNING_KEY"])])
    later = sessions.service(store=Redis(), calls=[Call(lambda: vault, ("read",), ("SESSION_SIGNING_KEY",))])
    assert isinstance(alone, Service)
    assert declared(alone, "SESSION_SIGNING_KEY").default is REQUIRED
    for service in (calling, later):
        assert declared(service, "SESSION_SIGNING_KEY").default is None
        assert declared(service, "SESSION_SIGNING_KEY").dev is None
