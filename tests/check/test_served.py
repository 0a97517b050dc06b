"""What a service serves against its committed document, where its code is a framework's, hangs, ends, or talks."""

import json

import pytest

from check.rule_run import held
from stead.check.contract import serving
from stead.check.registry import rules

RULE = rules(["CONTRACT013"])
FASTAPI = '''"""Orders: answers GET /health."""

from fastapi import FastAPI
from pydantic import BaseModel


class Price(BaseModel):
    amount: int


def create() -> FastAPI:
    app = FastAPI(title="Orders")

    @app.get("/v1/prices")
    def prices() -> list[Price]:
        """List the prices."""
        return []

    return app
'''
SHOP = """from stead import Backend, Route, Service

orders = Service("orders", app="orders.app:create", routes=[Route.public("GET", "/v1/prices")])
backend = Backend("shop", services=[orders])
"""
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "paths": {"/v1/prices": {"get": {"responses": {"200": {"description": "Well."}}}}},
}


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders").mkdir()
    (tmp_path / "backend.py").write_text(SHOP)
    (tmp_path / "orders" / "__init__.py").write_text("")
    (tmp_path / "orders" / "openapi.json").write_text(json.dumps(DOCUMENT, indent=2))
    return tmp_path


def made_with_the_kit(shop, routes):
    (shop / "orders" / "app.py").write_text("def create() -> None: ...\n")
    (shop / "orders" / "service.py").write_text("ROUTES = ()\n")
    (shop / "orders" / "routes.py").write_text(routes)


def test_what_fastapi_serves(shop):
    scope: dict[str, object] = {}
    exec(FASTAPI, scope)
    document = scope["create"]().openapi()
    (shop / "orders" / "app.py").write_text(FASTAPI)
    file = shop / "orders" / "openapi.json"
    file.write_text(json.dumps(document, indent=2))
    assert held(shop, RULE) == ()
    file.write_text(json.dumps(document, indent=2).replace('"integer"', '"number"'))
    (found,) = held(shop, RULE)
    assert '"type": "number"' in file.read_text().splitlines()[found.place.line - 1]


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ("HANDLERS = ()\nimport time\ntime.sleep(60)\n", "it was not finished, and did nothing for 2 s"),
        ("HANDLERS = ()\nimport os\nos._exit(3)\n", "the process that imported it ended with 3"),
        ("HANDLERS = ()\nraise RuntimeError('no')\n", "RuntimeError: no"),
        (
            "HANDLERS = ()\nimport sys\nwhile True: sys.__stdout__.write('x' * 10_000_000)\n",
            "the process that imported it",
        ),
    ],
)
def test_what_hangs_ends_or_talks_is_told_of(shop, monkeypatch, routes, said):
    monkeypatch.setattr(serving, "IDLE", 2)
    monkeypatch.setattr(serving, "LARGEST", 20_000_000)
    made_with_the_kit(shop, routes)
    (found,) = held(shop, RULE)
    assert said in found.message
    assert found.place.file.endswith("backend.py")
