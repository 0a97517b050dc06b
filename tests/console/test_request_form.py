"""The form of a route: fields from its OpenAPI document, or from its path alone."""

import json

import pytest

from stead.console.config import Node
from stead.console.request_form import Field, form, read_document
from stead.console.request_handlers import document_of

DOCUMENT = {
    "paths": {
        "/v1/orders/{order}": {
            "parameters": [{"name": "order", "in": "path", "required": True, "schema": {"type": "string"}}],
            "put": {
                "summary": "Change an order",
                "parameters": [
                    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}},
                    {"name": "dry", "in": "query", "schema": {"type": "boolean", "default": False}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
            },
        },
        "/v1/imports": {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "array"}}}}}},
        "/v1/photos": {"post": {"requestBody": {"content": {"image/png": {}}}}},
        "/v1/loop": {
            "post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/L"}}}}}
        },
    },
    "components": {
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["state", "lines"],
                "properties": {
                    "state": {"enum": ["open", "paid"], "description": "where it is"},
                    "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
                    "note": {"oneOf": [{"type": "null"}, {"type": "string"}]},
                },
            },
            "Line": {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}},
            "L": {"$ref": "#/components/schemas/L"},
        }
    },
}


def test_parameters_and_the_parts_of_a_body_are_fields():
    made = form(DOCUMENT, "PUT", "/v1/orders/{order_id}")  # a variable may have another name there
    assert (made.summary, made.body) == ("Change an order", "json")
    assert {(each.place, each.name): (each.kind, each.required, each.value) for each in made.fields} == {
        ("path", "order_id"): ("string", True, ""),
        ("query", "dry"): ("boolean", False, "false"),
        ("body", "state"): ("string", True, ""),
        ("body", "lines"): ("json", True, '[{"count":0}]'),
        ("body", "note"): ("string", False, ""),
    }
    state = next(each for each in made.fields if each.name == "state")
    assert (state.choices, state.about) == (("open", "paid"), "where it is")


def test_a_body_that_is_no_object_is_typed_as_json_and_another_kind_as_text():
    assert form(DOCUMENT, "POST", "/v1/imports").fields == (Field("body", "", "json", required=True, value="[]"),)
    assert form(DOCUMENT, "POST", "/v1/photos").body == "text"


def test_a_reference_to_itself_ends():
    assert form(DOCUMENT, "POST", "/v1/loop").fields[0].kind == "json"


def test_a_route_without_a_document_has_the_variables_of_its_path():
    made = form({}, "POST", "/v1/files/{name:path}")
    assert (made.fields, made.body) == ((Field("path", "name", required=True),), "text")
    assert form({}, "GET", "/v1/files").body == ""


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00"])
def test_a_document_that_cannot_be_read_is_none(tmp_path, text):
    file = tmp_path / "openapi.json"
    file.write_text(text)
    assert form(read_document(file), "GET", "/v1/x").summary == ""


def test_the_document_is_beside_the_source(tmp_path):
    for folder in ("orders", "web"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    assert document_of(Node("orders", "service", "orders.app:create"), tmp_path) == tmp_path / "orders" / "openapi.json"
    assert (
        document_of(Node("w", "service", "node main.js", folder="web"), tmp_path) == tmp_path / "web" / "openapi.json"
    )
    assert document_of(Node("n", "service", "node main.js", folder="."), tmp_path) is None
    shelf = document_of(Node("points", "service", "stead.services.points.app:create"), tmp_path)
    assert shelf is not None
