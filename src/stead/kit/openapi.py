"""OpenAPI 3.1 of a service, from its handlers and its declared routes; needs no environment and no running service.

`python -m stead.kit.openapi [--check | --show] PACKAGE...` writes `openapi.json` beside each service, compares it, or
shows for each what it would be, as one JSON object a line: {"package", "text"}, or {"package", "error"}. Litestar reads
the types; authorization, error responses and the Idempotency-Key come from the routes and the handlers.

Errors:
    MismatchError    a handler without a declared route, or a route without a handler: all of them
"""

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig

from stead.kit.handler import described
from stead.kit.idempotency_key import LONGEST
from stead.kit.signature import asked_for, template
from stead.model import Route, SteadError
from stead.model.interpreter import append_path

VERSION = "1"  # of the paths: they all begin with /v1

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable: programs may rely on it.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_REFUSED = {
    "description": "Refused.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_SCHEMES = {
    "user": {
        "type": "http",
        "scheme": "bearer",
        "description": "A user's session or API token, verified by the gateway.",
    },
    "service": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Service-Token",
        "description": "`Bearer` and the token of a declared caller, for one operation.",
    },
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A second request with this key gets the first one's answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
}
_SECURITY: dict[str, list[dict[str, list[str]]]] = {"public": [], "user": [{"user": []}], "service": [{"service": []}]}


class MismatchError(SteadError):
    """Handlers and declared routes do not go together."""


def document(name: str, handlers: Sequence[HTTPRouteHandler], routes: Sequence[Route]) -> dict[str, Any]:
    """Return the OpenAPI document of a service; MismatchError names each handler and route that has no counterpart."""
    declared = _pairs(handlers, routes)
    config = OpenAPIConfig(title=name, version=VERSION, use_handler_docstrings=True)
    app = Litestar([described(each) for each in handlers], openapi_config=config, logging_config=None)
    read = app.openapi_schema.to_schema()
    functions = {(method, template(path)): each.fn for each in handlers for path in each.paths for method in _of(each)}
    for path, item in read["paths"].items():
        for method, operation in item.items():
            asked = method.upper(), path
            _complete(operation, declared[asked], asked_for(functions[asked]))
    schemas = read.get("components", {}).get("schemas", {})
    return {
        "openapi": read["openapi"],
        "info": read["info"],
        "paths": {path: read["paths"][path] for path in sorted(read["paths"])},
        "components": {
            "schemas": {key: schemas[key] for key in sorted(schemas)} | {"Problem": _PROBLEM},
            "responses": {"Refused": _REFUSED},
            "securitySchemes": _SCHEMES,
        },
    }


def _complete(operation: dict[str, Any], route: Route, identity: frozenset[str]) -> None:
    """Add the security and the error responses of one operation."""
    operation.pop("deprecated", None)
    operation["security"] = _SECURITY[route.access]
    if route.operation:
        operation["x-operation"] = route.operation
    if route.access == "user":
        operation["x-token-scope"] = route.scope
        operation |= {"x-roles": list(route.roles)} if route.roles else {}
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        parameter.pop("deprecated", None)
    if "attempt" in identity:
        parameters.append(_KEY)
    if "body" in identity:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    if not parameters:
        del operation["parameters"]
    well = {code: _well(code, answer) for code, answer in operation["responses"].items() if code < "400"}
    refused = _refusals(route, has_body=bool(identity & {"data", "body"}), has_parameters=bool(parameters))
    operation["responses"] = well | {str(code): {"$ref": "#/components/responses/Refused"} for code in refused}
    operation["responses"]["default"] = {"$ref": "#/components/responses/Refused"}


def _well(code: str, answer: dict[str, Any]) -> dict[str, Any]:
    content = {"content": answer["content"]} if answer.get("content") else {}
    return {"description": HTTPStatus(int(code)).phrase, **content}


def _refusals(route: Route, *, has_body: bool, has_parameters: bool) -> list[int]:
    codes = {400} if has_body else set()
    codes |= {413, 415} if has_body else set()
    codes |= {422} if has_body or has_parameters else set()
    codes |= {401, 403} if route.access != "public" else set()
    return sorted(codes)


def _of(handler: HTTPRouteHandler) -> Iterable[str]:
    return (str(getattr(method, "value", method)) for method in handler.http_methods)


def _pairs(handlers: Sequence[HTTPRouteHandler], routes: Sequence[Route]) -> dict[tuple[str, str], Route]:
    """Return the route of each handler's method and path."""
    by_name = {(str(route.method), route.path): route for route in routes}
    pairs: dict[tuple[str, str], Route] = {}
    problems = []
    for asked in ((method, template(path)) for each in handlers for path in each.paths for method in _of(each)):
        route = by_name.get(asked) or by_name.get(("ANY", asked[1]))
        if route is None:
            problems.append(f"{' '.join(asked)} has a handler, but no route is declared")
        else:
            pairs[asked] = route
    met = {id(route) for route in pairs.values()}
    problems += [f"{route} is declared, but has no handler" for route in routes if id(route) not in met]
    if problems:
        raise MismatchError("\n".join(sorted(problems)))
    return pairs


def text(package: str) -> tuple[Path, str]:
    """Return the path and the text of a service package's document."""
    module = import_module(package)
    title = (module.__doc__ or package).strip().splitlines()[0].rstrip(".")
    handlers = import_module(f"{package}.routes").HANDLERS
    routes = import_module(f"{package}.service").ROUTES
    assert module.__file__ is not None
    made = document(title, handlers, routes)
    return Path(module.__file__).with_name("openapi.json"), json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def show(packages: Sequence[str], into: TextIO) -> None:
    """Write a line for each package; one that cannot be imported costs the others nothing."""
    for package in packages:
        try:
            with redirect_stdout(sys.stderr):
                shown = {"package": package, "text": text(package)[1]}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stranger's module raises is told
            shown = {"package": package, "error": f"{type(error).__name__}: {error}"}
        into.write(json.dumps(shown) + "\n")
        into.flush()


def main(arguments: Sequence[str]) -> int:
    """Write the documents of service packages, compare them, or show them; return the exit status."""
    append_path(Path.cwd())
    if "--show" in arguments:
        show([each for each in arguments if each != "--show"], sys.stdout)
        return 0
    stale = []
    for package in (each for each in arguments if each != "--check"):
        path, made = text(package)
        if "--check" not in arguments:
            path.write_text(made)
        elif not path.exists() or path.read_text() != made:
            stale.append(f"{path} differs from the code; run: python -m stead.kit.openapi {package}")
    print(*stale, sep="\n", end="\n" if stale else "", file=sys.stderr)  # noqa: T201 - a command's answer
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
