"""The form of a route: its parameters and its body as fields, from the service's `openapi.json`.

A body that is a JSON object of plain values has one field for each; a value that is itself an object or a list is
typed as JSON. A route without a document has the variables of its path, and its body as text.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

NAME = "openapi.json"
VARIABLE = re.compile(r"\{([^}:]+)(?::[^}]*)?\}")
REFERENCES = 20  # references that lead from one schema to the next
DEEPEST = 4  # levels of nested objects in an example
LARGEST = 8 * 1_048_576  # bytes of a document
METHODS = ("get", "post", "put", "patch", "delete")
PLACES = ("path", "query", "header", "body")
PLAIN = ("string", "integer", "number", "boolean")
OWN = frozenset({"idempotency-key", "authorization", "cookie", "x-service-token"})  # have a place of their own
JSON = "json"
TEXT = "text"

Part = Mapping[str, Any]


class Field(msgspec.Struct, frozen=True):
    """One field of a form.

    place     path, query, header or body
    kind      string, integer, number, boolean, or json
    value     what is in it at first, as it is typed
    """

    place: str
    name: str
    kind: str = "string"
    required: bool = False
    about: str = ""
    choices: tuple[str, ...] = ()
    value: str = ""


class Form(msgspec.Struct, frozen=True):
    """What a route takes; `body` is json, text, or empty when there is none."""

    summary: str = ""
    about: str = ""
    fields: tuple[Field, ...] = ()
    body: str = ""


def read_document(file: Path | None) -> Part:
    """Return a document; nothing where there is none, or where it cannot be read."""
    if file is None or not file.is_file() or file.stat().st_size > LARGEST:
        return {}
    try:
        found = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}  # stead check says what is wrong with it
    return found if isinstance(found, dict) else {}


def form(document: Part, method: str, path: str) -> Form:
    """Return the form of a route."""
    known_path, item = _item(document, path)
    methods = METHODS if method == "ANY" else (method.lower(),)
    operation = next((item[each] for each in methods if each in item), None)
    if not isinstance(operation, dict):
        variables = tuple(Field("path", name, required=True) for name in VARIABLE.findall(path))
        return Form(fields=variables, body="" if method == "GET" else TEXT)
    declared = [_resolved(document, each) for each in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    fields = [_parameter(document, each) for each in declared if str(each.get("name", "")).lower() not in OWN]
    names = dict(zip(VARIABLE.findall(known_path), VARIABLE.findall(path), strict=True))
    fields = [
        msgspec.structs.replace(each, name=names.get(each.name, each.name)) if each.place == "path" else each
        for each in fields
    ]
    missing = set(names.values()) - {each.name for each in fields if each.place == "path"}
    fields += [Field("path", name, required=True) for name in sorted(missing)]
    body = _schema_of_body(document, operation)
    if body is not None:
        fields += _body_fields(document, body)
    kind = "" if "requestBody" not in operation else TEXT if body is None else JSON
    summary, about = (str(operation.get(name, "")) for name in ("summary", "description"))
    return Form(
        summary, about, tuple(each for each in fields if each.place in ("path", "query", "header", "body")), kind
    )


def _item(document: Part, path: str) -> tuple[str, Part]:
    """Find a path in the document; a variable may have another name there."""
    for known, item in document.get("paths", {}).items():
        if VARIABLE.sub("{}", known) == VARIABLE.sub("{}", path) and isinstance(item, dict):
            return known, item
    return path, {}


def _resolved(document: Part, part: Any) -> Part:
    """Follow references; of several forms of a value, take the first that is not null."""
    for _ in range(REFERENCES):
        if not isinstance(part, dict):
            return {}
        if isinstance(reference := part.get("$ref"), str) and reference.startswith("#/"):
            part = _at(document, reference)
        elif choices := part.get("oneOf") or part.get("anyOf"):
            part = next((each for each in choices if each.get("type") != "null"), {})
        elif len(part.get("allOf", ())) == 1:
            part = part["allOf"][0]
        else:
            return part
    return {}


def _at(document: Part, reference: str) -> Any:
    found: Any = document
    for name in reference.removeprefix("#/").split("/"):
        found = found.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found


def _parameter(document: Part, part: Part) -> Field:
    return _field(document, str(part.get("in", "")), str(part.get("name", "")), part.get("schema", {}), part)


def _field(document: Part, place: str, name: str, schema: Any, part: Part) -> Field:
    found = _resolved(document, schema)
    kind = _kind(found)
    choices = [found["const"]] if "const" in found else found.get("enum", [])
    value = found.get("default", found.get("example"))
    if value is None and kind == JSON and part.get("required"):
        value = _example(document, found)
    if value is None and len(choices) == 1:
        value = choices[0]
    return Field(
        place,
        name,
        kind,
        bool(part.get("required")),
        str(part.get("description") or found.get("description") or ""),
        tuple(str(each) for each in choices if each is not None),
        _typed(value, kind),
    )


def _kind(schema: Part) -> str:
    kind = schema.get("type", "string" if "enum" in schema else JSON)
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), JSON)
    return kind if kind in PLAIN else JSON


def _typed(value: Any, kind: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) and kind == "string" else msgspec.json.encode(value).decode()


def _schema_of_body(document: Part, operation: Part) -> Part | None:
    """Return the schema of a JSON body; None when the body is of another kind, or there is none."""
    content = _resolved(document, operation.get("requestBody", {})).get("content", {})
    found = next((each for media, each in content.items() if media.partition(";")[0].endswith(JSON)), None)
    return None if found is None else _resolved(document, found.get("schema", {}))


def _body_fields(document: Part, schema: Part) -> Iterator[Field]:
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not properties:
        yield Field("body", "", JSON, required=True, value=_typed(_example(document, schema), JSON))
        return
    required = schema.get("required", ())
    for name, each in properties.items():
        about = {
            "required": name in required,
            "description": each.get("description", "") if isinstance(each, dict) else "",
        }
        yield _field(document, "body", name, each, about)


def _example(document: Part, schema: Part, depth: int = 0) -> Any:
    """Return the smallest value that has the shape of a schema."""
    for name in ("default", "example", "const"):
        if name in schema:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    if "properties" in schema and depth < DEEPEST:
        properties = {name: _resolved(document, each) for name, each in schema["properties"].items()}
        return {name: _example(document, properties[name], depth + 1) for name in schema.get("required", properties)}
    if "items" in schema and depth < DEEPEST:
        return [_example(document, _resolved(document, schema["items"]), depth + 1)]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    empty: dict[Any, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": []}
    return empty.get(kind, {})
