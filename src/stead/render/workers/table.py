"""The table by which a Worker decides: the routes, callers, users and refusals of the description, as JSON.

It is what Envoy is configured from elsewhere, and the same tests are run against both.
"""

import re
from collections.abc import Iterator
from typing import Any

from stead.gateway.proxy.inbound import SPOOFED
from stead.gateway.proxy.program import is_program, longest
from stead.gateway.routes import IDEMPOTENT, PublicRoute
from stead.gateway.traffic import request_seconds
from stead.model import AccessTokens, AnyService, Clerk, Gateway, Introspection, refusal
from stead.model.health import HEALTH, METRICS, PATHS
from stead.model.identity import IdentityProvider
from stead.model.request_limits import ADDED_HEADER_BYTES, ADDED_HEADERS, MAX_BODY, RequestLimits
from stead.model.route import is_variable
from stead.model.user_id import LONGEST, PATTERN
from stead.model.wiring import KEYRING, PRIVATE_KEY, port_setting
from stead.render.docker.image_kind import port_of
from stead.render.workers.context import WorkersContext

Table = dict[str, Any]
HOST = "HOST"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - of a container: nothing but its own Worker reaches it
OF_THE_GUARD = {PRIVATE_KEY.name, KEYRING.name}  # a program never holds the keys of its calls
LABEL = "[^./:]+"  # what a `*` in an origin stands for


def gateway_table(gateway: Gateway, context: WorkersContext) -> Table:
    """Return the table of the gateway."""
    outer = [
        PublicRoute(service, route, gateway.prefix_of(service))
        for service in gateway.fronts  # a service that is left out there has no binding, and its routes answer 503
        for route in service.routes
        if route.access != "service"
    ]
    return {
        "name": gateway.name,
        "health": list(PATHS),
        "bindings": {callee.name: name for name, callee in context.callees(gateway).items()},
        "scopes": context.scopes(gateway),
        "routes": [_route(each) for each in sorted(outer, key=lambda each: each.order)],
        "providers": [_provider(provider) for provider in gateway.providers],
        "origins": [_origin(origin) for origin in gateway.cors.origins],
        "user_id": {"pattern": PATTERN, "longest": LONGEST},
        "limits": _limits(*(service.request_limits for service in gateway.fronts)),
        "body_ms": _milliseconds(request_seconds(each.route for each in outer)),
        "refusals": refusals(),
    }


def _limits(*every: RequestLimits, headers: int = 0, header_bytes: int = 0) -> dict[str, int]:
    """Return the limit of a request's headers: the largest of several, and those that the gateway adds."""
    most = [*every] or [RequestLimits()]
    return {
        "headers": max(each.headers for each in most) + headers,
        "header_bytes": max(each.header_bytes for each in most) + header_bytes,
    }


def guard_table(service: AnyService, context: WorkersContext) -> Table:
    """Return the table of what stands in front of a Worker's own code."""
    declared = sorted((PublicRoute(service, each, "") for each in service.routes), key=lambda each: each.order)
    return {
        "name": service.name,
        "called": bool(context.backend.callers(service)),
        "open": list(_open_paths(service)),
        "bindings": {callee.name: name for name, callee in context.callees(service).items()},
        "scopes": context.scopes(service),
        "routes": [_inner_route(each) for each in declared],
        "timeouts": _timeouts(service, context),
        "spoofed": SPOOFED,
        "user_id": {"pattern": PATTERN, "longest": LONGEST},
        "limits": _limits(service.request_limits, headers=ADDED_HEADERS, header_bytes=ADDED_HEADER_BYTES),
        "max_body": service.request_limits.body,
        "max_call": MAX_BODY,
        "body_ms": _milliseconds(request_seconds(service.routes)),
        "refusals": refusals(),
    }


def _timeouts(service: AnyService, context: WorkersContext) -> dict[str, int]:
    """Return the timeout of each callee in milliseconds: that of the slowest permitted route."""
    scopes = context.scopes(service)
    return {
        callee.name: _milliseconds(longest(callee, scopes[callee.name].split()))
        for callee in context.callees(service).values()
    }


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def container_table(service: AnyService, context: WorkersContext) -> Table:
    """Return the table of the Worker in front of a container: the container's settings and port."""
    names = {wire.setting.name for wire in context.wires[service.name]}
    names |= {each.name for each in context.secrets(service, required=True)}
    names -= OF_THE_GUARD if is_program(service) else set()
    port = str(port_of(service))
    return {
        "name": service.name,
        "settings": sorted(names - {port_setting(service).name, HOST}),
        "variables": {HOST: EVERYWHERE, port_setting(service).name: port},
        "port": int(port),
        "body_ms": _milliseconds(request_seconds(service.routes)),
        "replicas": context.environment.replicas.get(service, service.replicas),
        "max_body": service.request_limits.body,
        "refusals": refusals(),
    }


def refusals() -> Table:
    """Return the answers, by the names that the code has for them."""
    found = {name: each for name, each in vars(refusal).items() if isinstance(each, refusal.CommonRefusal)}
    return {
        name: {
            "status": each.status,
            "code": each.code,
            "title": each.title,
            "detail": each.detail,
            "headers": {key.lower(): value for key, value in each.headers.items()},
        }
        for name, each in sorted(found.items())
    }


def _route(outer: PublicRoute) -> Table:
    route = outer.route
    return {
        **_path(outer),
        "service": outer.service.name,
        "prefix": outer.prefix,
        "access": route.access,
        "roles": list(route.roles),
        "credential": route.credential,
        "timeout_ms": _milliseconds(route.timeout),
        "again": route.method in IDEMPOTENT,
        "max_body": outer.service.request_limits.body,
    }


def _inner_route(outer: PublicRoute) -> Table:
    route = outer.route
    more = {"operation": route.operation, "roles": list(route.roles), "scope": route.scope}
    return {**_path(outer), "access": route.access, **more}


def _path(outer: PublicRoute) -> Table:
    segments = [None if is_variable(each) else each for each in outer.path[1:].split("/")]
    return {"method": outer.route.method, "path": outer.path, "segments": segments}


def _origin(origin: str) -> str:
    return f"^{LABEL.join(re.escape(part) for part in origin.split('*'))}$"


def _provider(provider: IdentityProvider) -> Table:
    match provider:
        case Clerk():
            return {"kind": "clerk", "roles": provider.roles_claim}
        case AccessTokens():
            return {"kind": "access", "service": provider.service.name, "keys": provider.keys}
        case Introspection():
            return {
                "kind": "introspection",
                "service": provider.service.name,
                "prefix": provider.prefix,
                "path": provider.path,
            }
    raise AssertionError(f"WORKER006 refuses {type(provider).__name__}")


def _open_paths(service: AnyService) -> Iterator[str]:
    """Yield the public paths, as in a program's proxy."""
    health = PATHS if service.health.contract and service.health.path == HEALTH else (service.health.path,)
    declared = {route.path for route in service.routes}
    yield from (path for path in (*health, METRICS) if path not in declared)
