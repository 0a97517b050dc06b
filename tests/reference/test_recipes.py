"""Each recipe of docs/how-do-i.md is a description that loads, renders, and does what its heading says."""

import re
import sys

import pytest

from stead.model import load
from stead.model.wiring import wires
from stead.reference.page import REPOSITORY
from stead.render.targets import generated

TEXT = (REPOSITORY / "docs/how-do-i.md").read_text()
RECIPES = dict(re.findall(r"^## (.+?)\n.*?```python\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL))


def settings_of(backend, name, environment=0):
    process = next(each for each in backend.processes if each.name == name)
    return {wire.setting.name: wire for wire in wires(backend, process, backend.environments[environment])}


def shared(backend, setting):
    return len(
        {id(need) for each in (*backend.services, *backend.jobs) for need in each.needs if need.setting == setting}
    )


def runs(program):
    return lambda backend: backend.services[0].command[0] == program


def by_route(method, path):
    return lambda backend: next(
        route for each in backend.services for route in each.routes if (route.method, route.path) == (method, path)
    )


PROMISED = {
    "A service in Node": runs("node"),
    "A service in Go": lambda backend: runs("go")(backend) and "DATABASE_URL" in settings_of(backend, "stock"),
    "A service in Java": lambda backend: runs("java")(backend) and not backend.services[0].health.contract,
    "A service in FastAPI": lambda backend: backend.services[0].app == "catalog.main:create",
    "A service in Django": lambda backend: shared(backend, "DATABASE_URL") == 1 and backend.jobs[0].runs == "before",
    "Redis": lambda backend: settings_of(backend, "catalog")["REDIS_URL"].setting.secret,
    "A second database": lambda backend: (
        {"DATABASE_URL", "ARCHIVE_DATABASE_URL"} <= set(settings_of(backend, "reports"))
    ),
    "A database in parts, or as a JDBC URL": lambda backend: (
        settings_of(backend, "billing")["SPRING_DATASOURCE_URL"].value.form == "jdbc"
        and settings_of(backend, "shop")["DB_PASSWORD"].setting.secret
    ),
    "A worker": lambda backend: not backend.services[1].routes and "PORT" not in settings_of(backend, "mailer"),
    "A job": lambda backend: [job.runs for job in backend.jobs] == ["before", "after"],
    "A job with a schedule": lambda backend: [job.is_scheduled for job in backend.jobs] == [True, True],
    "A front end": lambda backend: (
        by_route("GET", "/{path:path}")(backend).is_wildcard
        and settings_of(backend, "web")["STATIC_FOLDER"].value.text == "web/dist"
    ),
    "A front end's dev server": lambda backend: by_route("GET", "/vite-hmr")(backend).websocket,
    "Test data, an empty start, and the bucket itself": lambda backend: (
        backend.services[0].seed == ("node", "seed.js") and "PICTURES_URL" in settings_of(backend, "shop")
    ),
    "A setting that several services have": lambda backend: all(
        {"CURRENCY", "SENTRY_DSN"} <= set(settings_of(backend, name)) for name in ("orders", "billing")
    ),
    "Connections to servers outside": lambda backend: (
        backend.services[0].egress == ("api.example.com:443",)
        and backend.environments[1].kubernetes.egress[backend.services[0]][0].port == 443
    ),
    "A debugger": lambda backend: "9229" in settings_of(backend, "orders")["NODE_OPTIONS"].value.text,
    "A WebSocket and a stream": lambda backend: (
        by_route("GET", "/v1/live")(backend).websocket and by_route("GET", "/v1/events")(backend).streams
    ),
    "gRPC": lambda backend: (
        backend.services[0].health.grpc and by_route("POST", "/shop.v1.Stock/Watch")(backend).streams
    ),
    "A queue": lambda backend: shared(backend, "QUEUE_URL") == 1 and "QUEUE_URL" in settings_of(backend, "mailer"),
    "A broker, or a service that another team runs": lambda backend: (
        settings_of(backend, "orders", 1)["KAFKA_BROKERS"].value.text == "one.example:9092,two.example:9092"
        and settings_of(backend, "orders", 1)["BILLING_URL"].setting.secret
    ),
    "An upload": lambda backend: by_route("POST", "/v1/pictures")(backend).timeout == 30.0,
    "A role": lambda backend: by_route("DELETE", "/v1/articles/{id}")(backend).roles == ("editor", "admin"),
    "CORS": lambda backend: "https://app.example.com" in backend.gateway.cors.origins,
    "A second environment": lambda backend: settings_of(backend, "orders", 1)["ORDERS_MAX"].value.text == 1000,
    "A secret from Vault": lambda backend: (
        settings_of(backend, "secrets", 1)["SECRETS_SOURCE"].value.text == "vault"
        and backend.callers(backend.services[0]) == {"orders": ("read", "read:PARTNER_KEY")}
    ),
}


@pytest.fixture
def described(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    file = tmp_path / "backend.py"
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "package.json").write_text('{"name": "web", "dependencies": {"vite": "^7.0.0"}}')
    (tmp_path / "web" / "package-lock.json").write_text('{"lockfileVersion": 3}')

    def read(text):
        file.write_text(text)
        return load(file)

    return read


def test_every_recipe_is_checked():
    assert set(RECIPES) == set(PROMISED)
    assert len(RECIPES) == len(re.findall(r"^## ", TEXT, re.MULTILINE)) == TEXT.count("```python")


@pytest.mark.parametrize("heading", RECIPES)
def test_a_recipe_loads_renders_and_does_what_it_says(heading, described):
    backend = described(RECIPES[heading])
    assert generated(backend)
    assert PROMISED[heading](backend)
