"""The keys that the check knows are those of the schemas that the projects publish, as check-jsonschema has them."""

import json
from importlib.resources import files

import pytest

from stead.check.compose import key
from stead.check.facts import github_key

VENDOR = files("check_jsonschema") / "builtin_schemas" / "vendor"


def schema(name):
    return json.loads((VENDOR / f"{name}.json").read_text())


def properties(root, node):
    """Return the keys of a schema's object, with those of the schemas that it is put together from."""
    found = set(node.get("properties", ()))
    for way in ("allOf", "oneOf", "anyOf"):
        for part in node.get(way, ()):
            found |= properties(root, part)
    reference = node.get("$ref", "").rpartition("/")[2]
    return found | (properties(root, definitions(root)[reference]) if reference else set())


def definitions(root):
    return root.get("$defs") or root["definitions"]


@pytest.mark.parametrize(
    ("known", "name"),
    [(key.SERVICE, "service"), (key.PARTS["healthcheck"], "healthcheck"), (key.PARTS["deploy"], "deployment")],
)
def test_compose(known, name):
    root = schema("compose-spec")
    assert known == properties(root, definitions(root)[name])
    assert set(root["properties"]) == key.TOP


def test_github():
    root = schema("github-workflows")
    parts = definitions(root)
    assert github_key.ROOT - {"true"} == set(root["properties"])
    assert properties(root, parts["step"]) == github_key.STEP
    assert properties(root, parts["normalJob"]) | properties(root, parts["reusableWorkflowCallJob"]) == github_key.JOB
    events = next(each for each in root["properties"]["on"]["oneOf"] if "properties" in each)["properties"]
    assert properties(root, events["pull_request"]) == github_key.FILTERS
