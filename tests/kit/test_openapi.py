"""OpenAPI documents."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from litestar import get
from openapi_spec_validator import validate

from kit.orders import HANDLERS, ROUTES
from stead.kit.openapi import MismatchError, document, main
from stead.model import Route


@get("/v1/unknown")
async def unknown() -> None: ...


def test_a_document_is_valid_and_says_who_may_ask():
    made = document("Orders", HANDLERS, ROUTES)
    validate(json.loads(json.dumps(made)))
    assert made["openapi"].startswith("3.1")
    order = made["paths"]["/v1/orders"]["post"]
    assert order["security"] == [{"service": []}]
    assert order["x-operation"] == "order"
    assert order["description"] == "Make an order."
    assert order["operationId"] == "make"
    assert [each["name"] for each in order["parameters"]] == ["Idempotency-Key"]
    assert list(order["responses"]) == ["201", "400", "401", "403", "413", "415", "422", "default"]
    rename = made["paths"]["/v1/orders/{name}"]["put"]
    assert (rename["security"], rename["x-roles"]) == ([{"user": []}], ["cook"])
    assert made["paths"]["/v1/slow"]["get"]["security"] == []


def test_only_what_a_client_sends_is_a_parameter():
    see = document("Orders", HANDLERS, ROUTES)["paths"]["/v1/orders/{order_id}"]["get"]
    assert [(each["name"], each["in"]) for each in see["parameters"]] == [("order_id", "path"), ("limit", "query")]
    assert see["parameters"][0]["schema"] == {"type": "string", "format": "uuid"}
    assert see["parameters"][1]["schema"]["maximum"] == 100


def test_all_that_does_not_match_is_named():
    with pytest.raises(MismatchError) as error:
        document("Orders", [*HANDLERS[1:], unknown], [*ROUTES, Route.public("GET", "/v1/lost")])
    assert str(error.value).splitlines() == [
        "GET /v1/lost is declared, but has no handler",
        "GET /v1/unknown has a handler, but no route is declared",
        "POST /v1/orders is declared, but has no handler",
    ]


PACKAGE = {
    "__init__.py": '"""Orders of soup."""',
    "service.py": "from kit.orders import ROUTES",
    "routes.py": "from kit.orders import HANDLERS",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "soup"
    folder.mkdir()
    for name, text in PACKAGE.items():
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "soup"]:
        del sys.modules[name]


def test_the_command_writes_and_compares(package, capsys):
    assert main(["--check", "soup"]) == 1
    assert "run: python -m stead.kit.openapi soup" in capsys.readouterr().err
    assert main(["soup"]) == 0
    assert json.loads((package / "openapi.json").read_text())["info"]["title"] == "Orders of soup"
    assert main(["--check", "soup"]) == 0
    (package / "openapi.json").write_text("{}")
    assert main(["--check", "soup"]) == 1


def test_the_bytes_are_the_same_in_any_process_and_need_no_environment(package):
    tests = str(Path(__file__).parents[1])
    seen = set()
    for seed in ("1", "2"):
        told = {"PYTHONPATH": f"{package.parent}{os.pathsep}{tests}", "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-m", "stead.kit.openapi", "soup"], env=told, check=True)
        seen.add((package / "openapi.json").read_bytes())
    assert len(seen) == 1
