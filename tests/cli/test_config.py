"""`stead config`: every value is the one that a process would get, no secret is shown, and nothing is written."""

import json

import pytest

from cli.command import stead

BACKEND = """from stead import Backend, Dev, Environment, Gateway, Postgres, Redis, Route, Service, Setting

stock = Service("stock-service", command="run", routes=[Route.service("GET", "/v1/stock", "read")])
orders = Service(
    "orders",
    command="run",
    settings=[
        Setting("LIMIT", int, 5, help="Orders of one day."),
        Setting("REGION", default="eu"),
        Setting("PARTNER_URL", default="https://me:hunter2@partner.example"),
        Setting("PARTNER_KEY", secret=True, dev=Dev.RANDOM),
        Setting("NOTE", default=None),
        Setting("EMPTY", default=""),
    ],
    needs=[Postgres(), Redis()],
    calls=[stock.may("read")],
)
backend = Backend(
    "shop",
    gateway=Gateway("edge", fronts=[]),
    services=[orders, stock],
    environments=[Environment("dev"), Environment("prod", {orders: {"LIMIT": 9}}, without=[stock])],
)
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "backend.py").write_text(BACKEND)
    return tmp_path


def rows(shop, *words, status=0, **environ):
    done = stead("config", *words, "--json", folder=shop, **environ)
    assert done.returncode == status, done.stderr
    return {(row["process"], row["setting"]): row for row in json.loads(done.stdout)}


def sources(shop, *words, process="orders", **environ):
    found = rows(shop, *words, **environ)
    return {name: (row["value"], row["source"]) for (owner, name), row in found.items() if owner == process}


def test_where_each_value_comes_from(shop):
    (shop / ".env.dev").write_text("OTHER=1\nexport REGION=us\n")
    found = sources(shop, LIMIT="7")
    assert found["LIMIT"] == ("7", "environment")
    assert found["REGION"] == ("us", "file")
    assert found["NOTE"] == ("–", "default")
    assert found["EMPTY"] == ("(empty)", "default")
    assert found["PARTNER_KEY"] == ("••••••••", "generated")
    assert found["ENVIRONMENT"] == ("dev", "derived")
    assert found["SERVICE_NAME"] == ("orders", "description")
    assert found["STOCK_SERVICE_URL"] == ("where stock-service listens", "derived")
    assert found["DATABASE_URL"] == ("a postgres that stead up makes", "generated")
    assert sources(shop, process="stock-service")["SERVICE_JWT_KEYS"] == ("the public keys of orders", "derived")


def test_another_environment_is_told_as_far_as_it_is_known(shop):
    (shop / ".env.prod").write_text("REGION=us\nPARTNER_KEY=hunter3\n")
    found = sources(shop, "--env", "prod", LIMIT="7")
    assert found["LIMIT"] == ("9", "description")
    assert found["REGION"] == ("us", "file")
    assert found["PARTNER_KEY"] == ("••••••••", "file")
    assert found["DATABASE_URL"] == ("a postgres of its own", "target")
    assert found["VERSION"] == ("the deployed version", "target")
    assert sources(shop, "--env", "prod", process="stock-service") == {}, "it is left out of prod"
    (shop / ".env.prod").unlink()
    assert sources(shop, "--env", "prod")["PARTNER_KEY"] == ("to be supplied", "supplied")


def test_no_secret_is_shown_and_nothing_is_written(shop):
    (shop / ".env.dev").write_text("PARTNER_KEY=hunter3\n")
    for words in ((), ("--explain",), ("--json",), ("--env", "prod", "--explain")):
        done = stead("config", *words, folder=shop)
        assert "hunter" not in done.stdout + done.stderr
    assert not (shop / ".stead").exists()


def test_explain_says_where_and_why(shop):
    (shop / ".env.dev").write_text("\nREGION=us\n")
    said = stead("config", "orders", "--explain", folder=shop, LIMIT="7").stdout
    assert "declared by the service · .env.dev:2" in said
    assert "the environment of this shell · Orders of one day." in said
    assert "calls stock-service · backend.py:16:12" in said
    assert "edge" not in said


def test_what_is_missing_or_malformed_is_1(shop):
    (shop / "backend.py").write_text(BACKEND.replace('"REGION", default="eu"', '"REGION"'))
    found = rows(shop, status=1, LIMIT="many")
    assert found["orders", "REGION"]["source"] == "missing"
    done = stead("config", folder=shop, LIMIT="many")
    assert "2 of its settings cannot be used" in done.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"), [(["ordrs"], 2, "did you mean orders"), (["--env", "qa"], 1, "no environment qa")]
)
def test_what_is_not_there(shop, words, status, said):
    done = stead("config", *words, folder=shop)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
