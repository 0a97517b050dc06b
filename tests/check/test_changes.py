"""What breaks a caller between two documents, and what does not; and documents that nobody should have to survive."""

import json
import time

import pytest

from check.rule_run import git, held
from stead.check.facts import facts_of
from stead.check.openapi.change import changes
from stead.check.openapi.document import Document, parsed
from stead.check.openapi.validation import faults
from stead.check.registry import rules
from stead.check.staged import NoRepositoryError

OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}

STRING, INTEGER = {"type": "string"}, {"type": "integer"}


def sent(schema, **components):
    """A document with one operation that takes a body."""
    body = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    return Document(
        {"paths": {"/x": {"post": {**body, "responses": {"200": {}}}}}, "components": {"schemas": components}}
    )


def given(schema, **components):
    """A document with one operation that answers."""
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    return Document({"paths": {"/x": {"get": {"responses": responses}}}, "components": {"schemas": components}})


def kinds(old, new):
    return sorted({change.kind for change in changes(old, new)})


@pytest.mark.parametrize(
    ("before", "after", "when_sent", "when_given"),
    [
        ({"type": "string"}, {"type": "string"}, [], []),
        ({"type": "integer"}, {"type": "number"}, [], ["answer"]),
        ({"type": "number"}, {"type": "integer"}, ["narrowed"], []),
        ({"type": "string"}, {"type": ["string", "null"]}, [], ["answer"]),
        ({"type": "string"}, {"type": "string", "nullable": True}, [], ["answer"]),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, {"type": "string"}, ["narrowed"], []),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["null", "string"]}, [], []),
        ({}, {"type": "string"}, ["narrowed"], []),
        ({"type": "string"}, {}, [], ["answer"]),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, ["narrowed"], []),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, [], ["answer"]),
        ({"const": "a"}, {"enum": ["a"]}, [], []),
        ({"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 9}, [], []),
        ({"type": "string"}, {"type": "string", "minLength": 1}, ["narrowed"], []),
        ({"type": "string", "format": "date"}, {"type": "string"}, [], ["answer"]),
        (OBJECT, {**OBJECT, "required": []}, [], ["answer"]),
        ({**OBJECT, "required": []}, OBJECT, ["needed"], []),
        (OBJECT, {**OBJECT, "properties": {"a": {"type": "string", "readOnly": True}}}, [], []),
        (OBJECT, {"type": "object", "properties": {}}, [], ["field"]),
        (OBJECT, {"type": "object", "properties": {}, "additionalProperties": False}, ["narrowed"], ["field"]),
        (OBJECT, {"allOf": [OBJECT, {"properties": {"b": {"type": "string"}}}]}, [], []),
        ({"type": "array", "items": OBJECT}, {"type": "array", "items": {"type": "object"}}, [], ["field"]),
        ({"type": "array", "items": {"type": "string"}}, {"type": "string"}, ["narrowed"], ["answer"]),
        ({"oneOf": [OBJECT, {}]}, {"oneOf": [OBJECT, {}]}, [], []),
        ({"additionalProperties": STRING}, {"additionalProperties": INTEGER}, ["narrowed"], ["answer"]),
    ],
)  # fmt: skip
def test_what_is_sent_must_not_narrow_and_what_comes_back_must_not_widen(before, after, when_sent, when_given):
    assert kinds(sent(before), sent(after)) == when_sent
    assert kinds(given(before), given(after)) == when_given


def test_a_schema_that_holds_itself_is_compared_to_its_end():
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "name": {"type": "string"}}}
    less = {"type": "object", "properties": {"next": node["properties"]["next"]}}
    reference = {"$ref": "#/components/schemas/Node"}
    found = changes(given(reference, Node=node), given(reference, Node=less))
    assert [change.message for change in found] == ["GET /x: the answer has no field name any more"]


def test_a_reference_to_itself_is_nothing():
    reference = {"$ref": "#/components/schemas/Loop"}
    looped = given(reference, Loop=reference)
    assert changes(looped, looped) == []
    assert list(faults(looped, json.dumps(looped.root))) != []


def test_what_many_operations_share_is_told_once():
    document = given({"$ref": "#/components/schemas/A"}, A=OBJECT)
    document.root["paths"] |= {f"/{number}": document.root["paths"]["/x"] for number in range(50)}
    other = Document(json.loads(json.dumps(document.root)))
    other.root["components"]["schemas"]["A"]["properties"] = {}
    assert [change.kind for change in changes(document, other)] == ["field"]


@pytest.mark.parametrize(
    "said",
    [
        "[" * 100_000,
        '{"openapi":"3.1.0","paths":{"/x":' + '{"a":' * 5_000 + "1" + "}" * 5_000 + "}}",
        '{"openapi":"3.1.0","info":[],"paths":{"x":7,"/a":{"get":[],"post":{"parameters":[7,{}],"security":[7]}}}}',
        '{"openapi":"3.1.0","paths":{"/a":{"get":{"responses":{"200":{"$ref":"#/components/7/x"}}}}},"components":[]}',
        '{"openapi": 3, "paths": []}',
        "7",
        "",
        '{"a": NaN}',
    ],
)
def test_a_hostile_document_costs_nothing(said, tmp_path):
    began = time.perf_counter()
    facts_of(tmp_path / "openapi.json", said)
    read = parsed(said)
    if read is not None:
        changes(Document(read), Document(read))
    assert time.perf_counter() - began < 1


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "backend.py").write_text('from stead import Backend\n\nbackend = Backend("shop")\n')
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "openapi.json").write_text(json.dumps(given(OBJECT).root))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "before")
    return tmp_path


BREAKING = rules(["CONTRACT016", "CONTRACT017", "CONTRACT018"])


def test_a_document_that_is_gone_takes_its_paths_away(shop):
    (shop / "old" / "openapi.json").unlink()
    (found,) = held(shop, BREAKING, against="HEAD")
    assert (found.code, found.message) == ("CONTRACT016", "/x is gone (compared with HEAD)")
    assert found.place.file.endswith("backend.py")


def test_a_document_that_moved_is_compared_where_it_is_now(shop):
    (shop / "old").rename(shop / "new")
    assert held(shop, BREAKING, against="HEAD") == ()
    (shop / "new" / "openapi.json").write_text(json.dumps(given({"type": "object"}).root))
    (found,) = held(shop, BREAKING, against="HEAD")
    assert (found.code, found.place.file) == ("CONTRACT018", str(shop / "new" / "openapi.json"))


def test_a_revision_that_is_not_there_is_said(shop):
    from stead.check.context import Context
    from stead.check.contract.comparison import broken
    from stead.check.tree import Tree

    with pytest.raises(NoRepositoryError, match="nowhere"):
        list(broken(Context(shop / "backend.py", Tree(shop), against="nowhere"), "CONTRACT016", "path", ""))
