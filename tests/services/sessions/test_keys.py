"""Where the signing key comes from: the environment, or a real secrets service that is stopped and started."""

import asyncio
import os
import secrets as random
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import httpx2
import pytest

from stead.kit.caller import Credentials
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key
from stead.kit.service_client import ServiceClient
from stead.kit.settings import SettingsError
from stead.model import Call, Redis, Service
from stead.model.setting import REQUIRED
from stead.run.redis import create_user
from stead.services import secrets, sessions
from stead.services.sessions import keys as module
from stead.services.sessions.app import on_redis
from stead.services.sessions.keys import FetchedKeys
from stead.services.sessions.signing import SigningKeyring
from stead.testing.harness import running

KEY = "SESSION_SIGNING_KEY"
FIRST, SECOND = "1" * 32, "2" * 32
CALLER = "auth-service"
NEW = {"user_id": "user_1", "method": "telegram"}
NO_REDIS = {"REDIS_URL": "redis://127.0.0.1:1/0"}


class Vault:
    """A secrets service as a process of its own, on a port that stays."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.caller = new_private_key("sessions")
        entry = public_jwk(self.caller, "sessions", ("read", f"read:{KEY}"))
        self.keyring = jwk_set({"sessions": entry})
        self.process = None

    @property
    def told(self):
        """What tells a service where this one is."""
        url = f"http://127.0.0.1:{self.port}"
        return {"SECRETS_SERVICE_URL": url, "SECRETS_SERVICE_NAME": "secrets", "SERVICE_JWT_SECRET": self.caller}

    @property
    def peer(self):
        return ServiceClient(
            "secrets", self.told["SECRETS_SERVICE_URL"], Credentials("sessions", signing_key(self.caller))
        )

    async def start(self, value):
        self._spawn(value)
        await until(self._is_well, 20)

    def _spawn(self, value):
        environ = {"PATH": os.environ["PATH"], "SERVICE_NAME": "secrets", "PORT": str(self.port), KEY: value}
        environ |= {"SERVICE_JWT_KEYS": self.keyring, "SECRETS_TTL_SECONDS": "0"}
        words = [sys.executable, "-m", "stead.kit.serve", "stead.services.secrets.app:create"]
        with (self.folder / "secrets.log").open("a") as log:
            self.process = subprocess.Popen(words, env=environ, stdout=log, stderr=log)

    async def _is_well(self):
        assert self.process.poll() is None, (self.folder / "secrets.log").read_text()
        try:
            async with httpx2.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{self.port}/health")).status_code == 200
        except httpx2.TransportError:
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)


@pytest.fixture
def vault(tmp_path):
    vault = Vault(tmp_path)
    yield vault
    vault.stop()


async def until(question, within):
    end = time.monotonic() + within
    while not await question():
        assert time.monotonic() < end, f"not within {within} s"
        await asyncio.sleep(0.03)


@asynccontextmanager
async def asked(vault):
    """Yield keys that are asked of a secrets service."""
    peer = vault.peer
    keys = FetchedKeys(peer)
    await peer.open()
    try:
        yield keys
    finally:
        await keys.close()
        await peer.close()


async def test_the_key_is_asked_for_at_first_use_and_kept_while_the_other_service_is_down(vault, redis_server):
    url = create_user(redis_server.url(), "sessions", random.token_hex(8))
    service = sessions.service(store=Redis())
    async with running(on_redis, service=service, environ={"REDIS_URL": url, **vault.told}) as app:
        assert (await app.get("/health")).status_code == 200  # it depends on the store alone
        assert (await app.get("/readyz")).json()["checks"]["secrets"] == "unavailable"
        refused = await app.post("/v1/sessions", caller=CALLER, json=NEW)
        assert (refused.status_code, refused.json()["code"]) == (503, "secrets_unavailable")
        assert refused.headers["retry-after"] == "1"
        await vault.start(FIRST)
        await until(lambda: _is_ready(app), 2)
        issued = (await app.post("/v1/sessions", caller=CALLER, json=NEW)).json()
        vault.stop()
        shown = {"session": issued["session"]}
        for operation in ("verify", "extend", "exchange"):
            assert (await app.post(f"/v1/sessions/{operation}", caller=CALLER, json=shown)).status_code == 200
        assert await _is_ready(app)


async def _is_ready(app):
    return (await app.get("/readyz")).status_code == 200


async def test_a_key_that_was_replaced_is_noticed_in_the_background(vault, monkeypatch):
    monkeypatch.setattr(module, "FRESH", 0.05)
    await vault.start(FIRST)
    async with asked(vault) as keys:
        assert await asyncio.gather(*(keys.keyring() for _ in range(5))) == [SigningKeyring.of(FIRST)] * 5
        vault.stop()
        await asyncio.sleep(0.1)
        assert await keys.keyring() == SigningKeyring.of(FIRST)
        await asyncio.sleep(0.1)
        await vault.start(f"{SECOND},{FIRST}")

        async def is_new():
            return await keys.keyring() == SigningKeyring.of(f"{SECOND},{FIRST}")

        await until(is_new, 3)


async def test_a_key_that_is_too_short_is_as_good_as_none(vault, caplog):
    await vault.start("short")
    async with asked(vault) as keys:
        with pytest.raises(Exception, match="secrets_unavailable"):
            await keys.keyring()
    assert "fewer than 32 bytes" in caplog.text
    assert "'short'" not in caplog.text


async def test_with_neither_way_the_service_does_not_start():
    with pytest.raises(SettingsError) as caught:
        async with running(on_redis, service=sessions.service(store=Redis()), environ=NO_REDIS):
            pass
    assert f"{KEY} is missing" in str(caught.value)
    assert f'vault.may("read", keys=["{KEY}"])' in str(caught.value)


@pytest.mark.parametrize("told", [{KEY: "short"}, {"SESSION_ACCESS_SECONDS": "301"}])
async def test_a_setting_that_cannot_be_used_stops_the_start(told):
    environ = {KEY: FIRST, **NO_REDIS, **told}
    with pytest.raises(SettingsError) as caught:
        async with running(on_redis, service=sessions.service(store=Redis()), environ=environ):
            pass
    assert next(iter(told)) in str(caught.value)
    assert "short" not in str(caught.value)


def declared(service, name):
    return next(setting for setting in service.declared if setting.name == name)


def test_with_a_call_to_a_secrets_service_the_environment_need_not_hold_the_key():
    vault = secrets.service(holds=[sessions.SIGNING_KEY])
    alone = sessions.service(store=Redis())
    calling = sessions.service(store=Redis(), calls=[vault.may("read", keys=[KEY])])
    later = sessions.service(store=Redis(), calls=[Call(lambda: vault, ("read",), (KEY,))])
    assert isinstance(alone, Service)
    assert declared(alone, KEY).default is REQUIRED
    for service in (calling, later):
        assert (declared(service, KEY).default, declared(service, KEY).dev) == (None, None)
