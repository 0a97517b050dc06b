"""Fault: what keeps a document from being OpenAPI 3, as far as its shape goes.

Rejected: a whole validator (openapi-spec-validator takes 0.4 s to import and 60 ms for a document). What is asked here
is what people get wrong by hand and in merges; the tests hold documents that pass against the whole validator.
"""

import re
from collections import Counter
from collections.abc import Iterator

from stead.check.openapi.document import METHODS, VARIABLE, Document, Part, Pointer, part, parts, pointed, template

VERSION = re.compile(r"3\.\d+\.\d+(-.+)?")
REFERENCE = re.compile(r'"\$ref"\s*:\s*"(#/[^"\\]*)"')
PLACES = frozenset({"path", "query", "header", "cookie", "querystring"})

Fault = tuple[Pointer, str]


def faults(document: Document, text: str) -> Iterator[Fault]:
    """Yield what is wrong with a document of that text: where, and in words."""
    root = document.root
    if "swagger" in root:
        yield ("swagger",), "it is Swagger 2.0, not OpenAPI 3"
        return
    version = root.get("openapi")
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        yield ("openapi",), "it does not say which OpenAPI 3 it is: openapi: 3.1.0"
        return
    yield from _head(root)
    yield from _paths(document)
    yield from _operations(document)
    if any(document.at(there) is None for there in map(pointed, set(REFERENCE.findall(text))) if there is not None):
        yield from _references(document)


def _head(node: Part) -> Iterator[Fault]:
    for key in ("title", "version"):
        if not isinstance(part(node.get("info")).get(key), str):
            yield ("info", key), f"its info has no {key}"
    if not any(isinstance(node.get(key), dict) for key in ("paths", "components", "webhooks")):
        yield ("paths",), "it has no paths"


def _paths(document: Document) -> Iterator[Fault]:
    times = Counter(template(path) for path in part(document.root.get("paths")))
    for path, item in part(document.root.get("paths")).items():
        if not path.startswith(("/", "x-")):
            yield ("paths", path), f"the path {path} does not start with /"
        elif not isinstance(item, dict):
            yield ("paths", path), f"the path {path} is not an object"
        elif times[template(path)] > 1:
            yield ("paths", path), f"the path {path} occurs twice, with different names of its variables"
        for method in METHODS:
            if method in part(item) and not isinstance(item[method], dict):
                yield ("paths", path, method), f"{method.upper()} {path} is not an object"


def _operations(document: Document) -> Iterator[Fault]:
    first: dict[str, str] = {}
    schemes = part(part(document.root.get("components")).get("securitySchemes"))
    for (method, _), (pointer, operation) in document.operations.items():
        name = f"{method} {pointer[1]}"
        if not part(operation.get("responses")):
            yield pointer, f"{name} has no responses"
        given = operation.get("operationId")
        if isinstance(given, str) and first.setdefault(given, name) != name:
            yield (*pointer, "operationId"), f"{name} has the operationId of {first[given]}: {given}"
        yield from _variables(document, pointer, name)
        for scheme in sorted(set().union(*document.security(operation)) - set(schemes)):
            yield (*pointer, "security"), f"{name} asks for {scheme}, which is not a security scheme of this document"


def _variables(document: Document, pointer: Pointer, name: str) -> Iterator[Fault]:
    """Yield where the variables of a path and its parameters disagree."""
    named = {found.strip("{}") for found in VARIABLE.findall(str(pointer[1]))}
    given = document.parameters(pointer)
    for where, parameter in given:
        if where not in PLACES:
            yield given[where, parameter][0], f"the parameter {parameter} of {name} is in {where}"
        elif where == "path" and parameter not in named:
            yield given[where, parameter][0], f"the path of {name} has no variable {parameter}"
        elif where == "path" and given[where, parameter][1].get("required") is not True:
            yield given[where, parameter][0], f"{parameter} of {name} is in the path, and must have required: true"
    for variable in sorted(named - {parameter for where, parameter in given if where == "path"}):
        yield pointer, f"{name} has no parameter for {{{variable}}}"


def _references(document: Document) -> Iterator[Fault]:
    """Yield references that lead nowhere. What looks like one inside an example is none."""
    waiting: list[tuple[object, Pointer]] = [(document.root, ())]
    while waiting:
        here, where = waiting.pop()
        if isinstance(here, dict):
            reference = here.get("$ref")
            there = pointed(reference) if isinstance(reference, str) else None
            if there is not None and document.at(there) is None:
                yield (*where, "$ref"), f"{reference} leads nowhere"
            waiting += ((value, (*where, key)) for key, value in here.items() if key not in ("example", "examples"))
        else:
            waiting += ((value, (*where, number)) for number, value in enumerate(parts(here)))
