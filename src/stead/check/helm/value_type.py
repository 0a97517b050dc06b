"""Check a values file against the part of JSON Schema that charts are written in: types, choices, patterns, bounds.

`jsonschema` was rejected: it loses the lines, and it is a dependency of every installation for one rule.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

Found = tuple[str, yaml.Node, str]
TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "null": "null"}
OTHERS = {"integer": ("number",)}


def typed(node: yaml.Node, schema: Any, name: str = "") -> Iterator[Found]:
    """Yield each value that a schema refuses: its path, its node, and what was wanted."""
    if not isinstance(schema, dict):
        return
    wrong = _type_error(node, schema)
    if wrong:
        yield name, node, wrong
    elif isinstance(node, yaml.MappingNode):
        known = schema.get("properties")
        for key, inner in node.value:
            if isinstance(known, dict) and key.value in known:
                yield from typed(inner, known[key.value], f"{name}.{key.value}".lstrip("."))
    elif isinstance(node, yaml.SequenceNode):
        for index, inner in enumerate(node.value):
            yield from typed(inner, schema.get("items"), f"{name}[{index}]")


def _type_error(node: yaml.Node, schema: dict[str, Any]) -> str | None:
    """Return what was wanted where the node is something else."""
    expected = schema.get("type", [])
    kinds = [expected] if isinstance(expected, str) else expected
    kind = _type(node)
    if kinds and not {kind, *OTHERS.get(kind, ())} & set(kinds):
        return f"of the type {' or '.join(kinds)}"
    if not isinstance(node, yaml.ScalarNode) or kind == "null":
        return None
    value = yaml.safe_load(yaml.serialize(node))
    if "enum" in schema and value not in schema["enum"]:
        return "one of " + ", ".join(json.dumps(each) for each in schema["enum"])
    if kind == "string" and not _fits(schema.get("pattern"), str(value)):
        return f"a text like {schema['pattern']}"
    return _out_of_bounds(value, schema) if kind in ("integer", "number") else None


def _out_of_bounds(value: Any, schema: dict[str, Any]) -> str | None:
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, int | float) and value < least:
        return f"{least} or more"
    return f"{most} or less" if isinstance(most, int | float) and value > most else None


def _fits(pattern: object, text: str) -> bool:
    """Return whether a text is like a pattern; a pattern that Python does not read says nothing."""
    try:
        return not isinstance(pattern, str) or re.search(pattern, text[:1000]) is not None
    except re.error:
        return True


def _type(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "object"
    if isinstance(node, yaml.SequenceNode):
        return "array"
    return TYPES.get(node.tag.rpartition(":")[2], "string")
