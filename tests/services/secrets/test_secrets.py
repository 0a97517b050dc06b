"""Secrets: who gets which value, from each source, and what happens when the source is down."""

import asyncio
import logging

import pytest
from pyrage import x25519

from stead import Setting
from stead.kit.age_file import replace, seal
from stead.kit.settings import SettingsError
from stead.services.secrets import service
from stead.services.secrets.app import create
from stead.testing.harness import running
from stead.testing.vault import StandInVault

VALUES = {"JWT_SECRET": "a 'quoted' $VALUE `with`\nlines \\ and \"more\"", "SESSION_SIGNING_KEY": "k" * 40}
SERVICE = service(holds=[Setting(name, secret=True) for name in VALUES])
CALLERS = {
    "game": ["read", "read:JWT_SECRET", "read:MISSING"],
    "sessions": ["read", "read:SESSION_SIGNING_KEY"],
}


@pytest.fixture
def vault():
    with StandInVault().running() as vault:
        vault.put("tigrit/secrets", **VALUES)
        yield vault


@pytest.fixture
def environ(request, tmp_path):
    """What the service is told, for each source."""
    kind = request.param
    if kind == "environment":
        return dict(VALUES)
    if kind == "file":
        identity = x25519.Identity.generate()
        replace(tmp_path / "secrets.age", seal(VALUES, [str(identity.to_public())]))
        (tmp_path / "key.txt").write_text(f"# a comment\n{identity}\n")
        return {
            "SECRETS_SOURCE": "file",
            "SECRETS_FILE": str(tmp_path / "secrets.age"),
            "SECRETS_AGE_IDENTITY_FILE": str(tmp_path / "key.txt"),
        }
    vault = request.getfixturevalue("vault")
    told = {"SECRETS_SOURCE": "vault", "VAULT_ADDR": vault.url, "VAULT_PATH": "kv/data/tigrit/secrets"}
    if kind == "vault by token":
        return told | {"VAULT_TOKEN": vault.token()}
    (tmp_path / "jwt").write_text("the pod's own token\n")
    vault.roles["tigrit"] = "the pod's own token"
    return told | {"VAULT_ROLE": "tigrit", "VAULT_JWT_FILE": str(tmp_path / "jwt")}


SOURCES = ["environment", "file", "vault by token", "vault by kubernetes"]
every_source = pytest.mark.parametrize("environ", SOURCES, indirect=True)


def app(environ, **more):
    return running(create, service=SERVICE, environ={**environ, **more}, callers=CALLERS)


async def read(service, caller, key, **how):
    may = ["read", f"read:{key}"]
    return await service.get(f"/v1/secrets/{key}", caller=caller, may=may, **how)


@every_source
async def test_a_caller_gets_what_it_declared_and_nothing_else(environ):
    async with app(environ) as secrets:
        given = await read(secrets, "game", "JWT_SECRET")
        assert (given.status_code, given.json()["value"]) == (200, VALUES["JWT_SECRET"])
        seconds = 30 if "SECRETS_SOURCE" in environ else 1
        assert given.headers["cache-control"] == f"private, max-age={seconds}"
        refused = [await read(secrets, "game", key) for key in ("SESSION_SIGNING_KEY", "MISSING", "SERVICE_JWT_SECRET")]
        assert {answer.status_code for answer in refused} == {404}
        assert len({answer.text for answer in refused}) == 1
        assert (await read(secrets, "sessions", "SESSION_SIGNING_KEY")).status_code == 200


@every_source
async def test_a_value_that_did_not_change_is_not_sent_again(environ):
    async with app(environ) as secrets:
        tag = (await read(secrets, "game", "JWT_SECRET")).headers["etag"]
        again = await read(secrets, "game", "JWT_SECRET", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_value_of_the_environment_that_is_rotated_is_given_within_seconds(tmp_path):
    async with app(VALUES, ROTATED_SETTINGS=str(tmp_path)) as secrets:
        assert (await read(secrets, "game", "JWT_SECRET")).json()["value"] == VALUES["JWT_SECRET"]
        (tmp_path / "JWT_SECRET").write_text("the next")
        async with asyncio.timeout(3):
            while (await read(secrets, "game", "JWT_SECRET")).json()["value"] != "the next":
                await asyncio.sleep(0.1)


async def test_a_caller_is_needed():
    async with app(VALUES) as secrets:
        assert (await secrets.get("/v1/secrets/JWT_SECRET")).status_code == 401
        assert (await read(secrets, "stranger", "JWT_SECRET")).status_code == 401
        assert (await secrets.get("/v1/secrets/JWT_SECRET", caller="game", may=["write"])).status_code == 403


@pytest.mark.parametrize("environ", ["vault by token"], indirect=True)
async def test_versions_and_a_new_value(environ, vault):
    async with app(environ, SECRETS_TTL_SECONDS="0") as secrets:
        assert (await read(secrets, "game", "JWT_SECRET")).json()["version"] == "1"
        vault.put("tigrit/secrets", JWT_SECRET="new")
        assert (await read(secrets, "game", "JWT_SECRET")).json() == {
            "key": "JWT_SECRET",
            "value": "new",
            "version": "2",
        }


@pytest.mark.parametrize("environ", ["vault by kubernetes"], indirect=True)
async def test_a_token_that_ended_is_answered_by_a_new_login(environ, vault):
    async with app(environ, SECRETS_TTL_SECONDS="0") as secrets:
        assert (await read(secrets, "game", "JWT_SECRET")).status_code == 200
        vault.tokens.clear()
        vault.put("tigrit/secrets", JWT_SECRET="after the login")
        assert (await read(secrets, "game", "JWT_SECRET")).json()["value"] == "after the login"


@pytest.mark.parametrize("environ", ["vault by token"], indirect=True)
async def test_what_is_known_is_served_while_the_source_is_down(environ, vault, caplog):
    async with app(environ, SECRETS_TTL_SECONDS="0") as secrets:
        assert (await read(secrets, "game", "JWT_SECRET")).status_code == 200
        vault.sealed = True
        with caplog.at_level(logging.WARNING):
            assert (await read(secrets, "game", "JWT_SECRET")).json()["value"] == VALUES["JWT_SECRET"]
        assert "the last values are served" in caplog.text
        asked = vault.asked
        for _ in range(20):
            await read(secrets, "game", "JWT_SECRET")
        assert vault.asked == asked  # a source that is down is left alone for a while


@pytest.mark.parametrize("environ", ["vault by token"], indirect=True)
async def test_a_source_that_was_down_from_the_start(environ, vault):
    vault.sealed = True
    async with app(environ, SECRETS_STALE_SECONDS="0") as secrets:
        answer = await read(secrets, "game", "JWT_SECRET")
        assert (answer.status_code, answer.json()["code"]) == (503, "secrets_unavailable")
        assert answer.headers["retry-after"] == "1"
        assert (await secrets.get("/health")).status_code == 200
        assert (await secrets.get("/readyz")).status_code == 503


async def test_every_read_is_in_the_log_and_no_value_is(caplog):
    with caplog.at_level(logging.DEBUG):
        async with app(VALUES) as secrets:
            await read(secrets, "game", "JWT_SECRET")
            await read(secrets, "game", "SESSION_SIGNING_KEY")
    lines = [(line.caller, line.key, line.outcome) for line in caplog.records if line.name == "stead.audit"]
    assert lines == [("game", "JWT_SECRET", "given"), ("game", "SESSION_SIGNING_KEY", "not declared")]
    assert not [value for value in VALUES.values() if value in caplog.text]


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"SECRETS_SOURCE": "drawer"}, ["SECRETS_SOURCE is 'drawer'"]),
        ({"SECRETS_SOURCE": "file"}, ["SECRETS_FILE", "SECRETS_AGE_IDENTITY"]),
        ({"SECRETS_SOURCE": "vault"}, ["VAULT_ADDR", "VAULT_PATH", "VAULT_TOKEN"]),
        (
            {"SECRETS_SOURCE": "vault", "VAULT_PATH": "kv/tigrit", "VAULT_ADDR": "http://x"},
            ["VAULT_PATH", "VAULT_TOKEN"],
        ),
    ],
)
async def test_all_that_is_missing_is_said_at_once(environ, missing):
    with pytest.raises(SettingsError) as raised:
        async with app(environ):
            raise AssertionError("it started")
    assert all(name in str(raised.value) for name in missing)
