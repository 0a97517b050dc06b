"""Symbolic wires become values: from where, in which order, and what is told when they cannot."""

import json
from pathlib import Path

import pytest

from stead import Backend, Clerk, Dev, Environment, Gateway, Postgres, Redis, Route, Service, Setting
from stead.kit.key import signing_key, trusted_keys
from stead.model.environment_value import as_text
from stead.run.error import MissingSettingsError
from stead.run.identity import Identity
from stead.run.resolve import Inputs, Resolver, parse
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder

LIMIT = Setting("LIMIT", int, default=5, minimum=1)


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "backend.py")
    made.make()
    return made


def resolver(folder, backend, environ=None, env_file="", environment="dev"):
    path = folder.description.with_name(".env.dev")
    path.write_text(env_file)
    inputs = Inputs(environ or {}, Inputs.beside(folder.description, "dev").file, path)
    ports = {service.name: 4000 + number for number, service in enumerate(backend.services)}
    place = backend.environment(environment)
    return Resolver(backend, place, inputs, Secrets(folder), Identity(folder), ports)


def given(folder, service, backend=None, **inputs):
    made = resolver(folder, backend or Backend("b", services=[service]), **inputs)
    found = {each.setting.name: each for each in made.resolve(service)}
    made.raise_problems()
    return found


def test_the_environment_comes_first_then_the_file_then_the_default(folder):
    service = Service("one", command="true", settings=[LIMIT])
    for inputs, text, source in (
        ({"environ": {"LIMIT": "7"}, "env_file": "LIMIT=6"}, "7", "environment"),
        ({"env_file": "LIMIT=6\n"}, "6", "file"),
        ({}, "5", "default"),
    ):
        found = given(folder, service, **inputs)["LIMIT"]
        assert (found.text, found.source) == (text, source)


def test_a_description_s_own_value_wins_over_a_default(folder):
    service = Service("one", command="true", settings=[LIMIT])
    backend = Backend("b", services=[service], environments=[Environment("dev", values={service: {"LIMIT": 9}})])
    found = given(folder, service, backend)["LIMIT"]
    assert (found.text, found.source, found.reason) == ("9", "description", "set for dev")


@pytest.mark.parametrize("kind", list(Dev))
def test_development_values_are_made_once(folder, kind):
    service = Service("one", command="true", settings=[Setting("MADE", dev=kind, secret=True)])
    first, second = (given(folder, service)["MADE"] for _ in range(2))
    assert first.source == "generated"
    assert first.text == second.text


def test_a_secret_of_one_name_is_one_secret(folder):
    webhook = Setting("HOOK", dev=Dev.WEBHOOK_SECRET, secret=True)
    services = [Service(name, command="true", settings=[webhook]) for name in ("one", "two")]
    made = resolver(folder, Backend("b", services=services))
    one, two = ({each.setting.name: each.text for each in made.resolve(service)}["HOOK"] for service in services)
    assert one == two
    assert one.startswith("whsec_")


def calling():
    callee = Service("callee", command="true", routes=[Route.service("POST", "/v1/things", "make")])
    caller = Service("caller", command="true", calls=[callee.may("make")])
    return Backend("b", services=[callee, caller]), callee, caller


def test_the_keyring_holds_the_callers_and_what_they_may(folder):
    backend, callee, caller = calling()
    ring = given(folder, callee, backend)["SERVICE_JWT_KEYS"].text
    private = given(folder, caller, backend)["SERVICE_JWT_SECRET"].text
    assert '"d"' not in ring
    trusted = trusted_keys(ring, None)["caller"][0]
    assert trusted.may == {"make"}
    signed = signing_key(private).material.sign(b"text")
    trusted.material.verify(signed, b"text")
    assert given(folder, caller, backend)["CALLEE_SERVICE_URL"].text == "http://127.0.0.1:4000"


def test_a_shared_secret_is_everybody_s(folder):
    backend, callee, caller = calling()
    environ = {"SERVICE_JWT_SECRET": "s" * 32}
    assert given(folder, caller, backend, environ=environ)["SERVICE_JWT_SECRET"].source == "environment"
    found = given(folder, callee, backend, environ=environ)
    assert found["SERVICE_JWT_SECRET"].text == "s" * 32
    assert json.loads(found["SERVICE_JWT_KEYS"].text) == {"keys": [{"kid": "caller", "kty": "oct", "may": ["make"]}]}


def test_everything_wrong_is_told_at_once_and_no_value(folder):
    settings = [Setting("A_KEY", secret=True), Setting("RATIO", float), LIMIT, Setting("ON", bool)]
    services = [Service(name, command="true", settings=settings) for name in ("one", "two")]
    environ = {"LIMIT": "0", "RATIO": "hunter2", "ON": "maybe"}
    made = resolver(folder, Backend("b", services=services), environ=environ)
    for service in services:
        made.resolve(service)
    with pytest.raises(MissingSettingsError) as error:
        made.raise_problems()
    lines = str(error.value).splitlines()
    assert lines[1:-1] == [
        "  A_KEY is missing  (one, two)",
        "  LIMIT is less than 1  (one, two)",
        "  ON is not of type bool  (one, two)",
        "  RATIO is not of type float  (one, two)",
    ]
    assert "hunter2" not in str(error.value)


def test_a_database_is_open_until_it_is_made(folder):
    service = Service("one", command="true", needs=[Postgres()])
    found = given(folder, service, environ={"DATABASE_URL": "postgresql://admin@host/x"})["DATABASE_URL"]
    assert (found.text, found.source) == (None, "open")


def test_the_gateway_gets_its_provider(folder):
    gateway = Gateway("edge", users=Clerk())
    made = resolver(folder, Backend("b", gateway=gateway))
    found = {each.setting.name: each for each in made.resolve(gateway)}
    assert found["CLERK_ISSUER"].text == "https://identity.stead.test"
    assert Path(found["CLERK_JWKS_URL"].text.removeprefix("file://")).exists()
    assert found["CLERK_AUTHORIZED_PARTIES"].value == ()


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (("a", "b"), "a,b"), (3, "3"), (1.5, "1.5"), ("x y", "x y")]
)
def test_values_survive_the_environment(value, text):
    assert as_text(value) == text
    assert parse(Setting("X", type(value)), text) == value


def test_a_part_of_a_redis_that_a_person_names_is_taken_from_its_url(folder):
    parts = {"host": "CACHE_HOST", "port": "CACHE_PORT", "password": "CACHE_PASSWORD"}
    service = Service("one", command="true", needs=[Redis(parts=parts)])
    found = given(folder, service, environ={"REDIS_URL": "redis://a:b%21@cache:7000/3"})
    assert [found[name].text for name in parts.values()] == ["cache", "7000", "b!"]
    assert [found[name].setting.secret for name in parts.values()] == [False, False, True]


def test_a_url_without_a_readable_part_is_named_with_the_setting_and_without_its_password(folder):
    service = Service("one", command="true", needs=[Redis(parts={"port": "CACHE_PORT"})])
    with pytest.raises(MissingSettingsError, match="CACHE_PORT cannot be taken from REDIS_URL") as raised:
        given(folder, service, environ={"REDIS_URL": "redis://a:hunter2@cache:port/0"})
    assert "hunter2" not in str(raised.value)
