"""What each process is given, still symbolic: the same list for every target."""

from pathlib import Path

import pytest

import stead
from stead import Backend, Environment, Gateway, Postgres, RequestLimits, Route, Service, Setting
from stead.model.wiring import AddressOf, Keyring, PrivateKeyOf, Supplied, Text, UrlOf, wires


@pytest.fixture(scope="module")
def rewards():
    return stead.load(Path(__file__).parents[2] / "backends" / "rewards")


def given(backend, name, environment="dev"):
    process = next(process for process in backend.processes if process.name == name)
    return {wire.setting.name: wire for wire in wires(backend, process, backend.environment(environment))}


def test_the_documents_names_come_out(rewards):
    assert {"ENVIRONMENT", "VERSION", "POINTS_SERVICE_URL", "REFERRAL_SERVICE_URL", "SERVICE_JWT_SECRET"} <= set(
        given(rewards, "auth-service")
    )
    assert {"AUTH_SERVICE_URL", "CONTENT_SERVICE_URL", "REFERRAL_SERVICE_URL", "POINTS_SERVICE_URL"} <= set(
        given(rewards, "api-gateway")
    )
    assert not [name for name in given(rewards, "referral-service") if name.endswith("_SERVICE_URL")]


def test_a_caller_gets_a_key_and_a_callee_its_callers(rewards):
    content, points = given(rewards, "content-service"), given(rewards, "points-service")
    assert isinstance(content["SERVICE_JWT_SECRET"].value, PrivateKeyOf)
    assert not isinstance(points["SERVICE_JWT_SECRET"].value, PrivateKeyOf)
    assert points["SERVICE_JWT_KEYS"].value == Keyring(
        points["SERVICE_JWT_KEYS"].value.service,
        (("api-gateway", ("front",)), ("auth-service", ("award",)), ("content-service", ("award", "reverse"))),
    )


def test_every_database_is_its_services_own(rewards):
    owners = [given(rewards, service.name)["DATABASE_URL"].value for service in rewards.services]
    assert all(isinstance(owner, AddressOf) for owner in owners)
    assert len({owner.resource for owner in owners}) == len(owners)


def test_what_differs_in_an_environment_differs_there_only():
    orders = Service("orders", command="run", settings=[Setting("LIMIT", int, 5), Setting("KEY", secret=True)])
    backend = Backend(
        "shop", services=[orders], environments=[Environment("dev"), Environment("prod", {orders: {"LIMIT": 9}})]
    )
    assert given(backend, "orders")["LIMIT"].value == Supplied()
    assert given(backend, "orders", "prod")["LIMIT"].value == Text(9)
    assert given(backend, "orders", "prod")["KEY"].value == Supplied()


def test_a_callees_name_is_told_where_its_url_setting_does_not_tell():
    game = Service("game", command="run", routes=[Route.service("POST", "/v1/ensure", "ensure")])
    orders = Service("orders", command="run", needs=[Postgres("ORDERS_URL")], calls=[game.may("ensure")])
    told = given(Backend("play", services=[game, orders]), "orders")
    assert told["GAME_SERVICE_URL"].value == UrlOf(game)
    assert told["GAME_SERVICE_NAME"].value == Text("game")
    assert "ORDERS_URL" in told


def test_a_shelf_callee_of_another_name_is_found_where_the_caller_looks():
    from stead.services import auth, points

    ledger = points.service("ledger")
    people = auth.service("people", calls=[ledger.may("award")])
    told = given(Backend("shop", services=[ledger, people]), "people")
    assert told["POINTS_SERVICE_URL"].value == UrlOf(ledger)
    assert told["POINTS_SERVICE_NAME"].value == Text("ledger")


def test_a_gateways_calls_are_what_it_fronts():
    orders = Service("orders", command="run", routes=[Route.public("GET", "/v1/orders")])
    backend = Backend("shop", gateway=Gateway("edge", fronts=[orders]), services=[orders])
    assert backend.callers(orders) == {"edge": ("front",)}


def test_a_service_that_does_not_run_there_is_not_found_there():
    stand_in = Service("stand-in", command="run")
    bot = Service("bot", command="run", calls=[stand_in.may()])
    environments = [Environment("dev"), Environment("prod", without=(stand_in,))]
    backend = Backend("play", services=[stand_in, bot], environments=environments)
    assert "STAND_IN_SERVICE_URL" in given(backend, "bot")
    assert "STAND_IN_SERVICE_URL" not in given(backend, "bot", "prod")
    assert "SERVICE_JWT_SECRET" not in given(backend, "bot", "prod")


def test_request_limits_that_differ_from_the_default_are_given_to_the_service():
    photos = Service("photos", command="run", request_limits=RequestLimits(body=5_000_000))
    found = given(Backend("album", services=[photos, Service("notes", command="run")]), "photos")
    assert found["MAX_BODY_BYTES"].value == Text(5_000_000)
    assert not {"MAX_HEADERS", "MAX_HEADER_BYTES"} & found.keys()
