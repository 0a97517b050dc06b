"""Render access rules from routes. Exactly one rule must match a request: Oathkeeper answers 500 when two do.

So the pattern of a path with a variable excludes the paths of other routes by a negative lookahead,
which the engine `regexp` (dlclark/regexp2) has. The credential is passed to the gateway, which verifies it again and
adds the identity headers: services trust only the gateway.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stead.model import Backend, Gateway, Introspection, Route
from stead.model.identity import AccessTokens
from stead.model.route import is_variable, is_wildcard

HOST = "<https?>://<[^/]+>"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
VERIFIED, PASSED = "jwt", "noop"


@dataclass(frozen=True)
class _PublicRoute:
    """A route as it is outside."""

    service: str
    route: Route
    prefix: str

    @property
    def methods(self) -> tuple[str, ...]:
        return METHODS if self.route.method == "ANY" else (self.route.method,)

    @property
    def pattern(self) -> str:
        """The path as a regular expression: a variable is one segment, a wildcard all that is left."""
        return re.escape(self.prefix) + "".join(map(_segment, self.route.segments))

    @property
    def order(self) -> tuple[tuple[bool, bool], ...]:
        """Sort more exact routes first: their paths are excluded from the others."""
        return tuple((is_wildcard(each), is_variable(each)) for each in self.route.segments)


def access_rules(backend: Backend, upstream: str) -> list[dict[str, Any]]:
    """Return the rules of all public and user routes; `upstream` is where the gateway is reached."""
    gateway = backend.gateway
    assert gateway is not None, "access rules need a backend with a gateway"
    outer = sorted(_outer(gateway), key=lambda each: (each.order, each.service, str(each.route)))
    return [_rule(each, outer[:at], gateway, upstream) for at, each in enumerate(outer)]


def is_passed(gateway: Gateway) -> bool:
    """Return whether some credentials are not JWTs that Oathkeeper can verify: those it lets pass, to the gateway."""
    return any(isinstance(each, Introspection | AccessTokens) for each in gateway.providers)


def _outer(gateway: Gateway) -> Iterator[_PublicRoute]:
    for service in gateway.fronts:
        for route in service.routes:
            if route.access != "service":
                yield _PublicRoute(service.name, route, gateway.prefix_of(service))


def _rule(each: _PublicRoute, earlier: Sequence[_PublicRoute], gateway: Gateway, upstream: str) -> dict[str, Any]:
    return {
        "id": f"{each.service}:{each.route.method}:{each.prefix}{each.route.path}",
        "match": {"url": HOST + _path(each, earlier), "methods": list(each.methods)},
        "authenticators": [{"handler": name} for name in _authenticators(each.route, gateway)],
        "authorizer": {"handler": "allow"},
        "mutators": [{"handler": PASSED}],
        "errors": [{"handler": "json"}],
        "upstream": {"url": upstream, "preserve_host": True},
    }


def _authenticators(route: Route, gateway: Gateway) -> Sequence[str]:
    """The handler `jwt` leaves a token that is not a JWT to the next handler; it refuses a forged one."""
    if route.access == "public":
        return (PASSED,)
    signed = any(not isinstance(each, Introspection | AccessTokens) for each in gateway.providers)
    return (*((VERIFIED,) if signed else ()), *((PASSED,) if is_passed(gateway) else ())) or ("unauthorized",)


def _path(each: _PublicRoute, earlier: Sequence[_PublicRoute]) -> str:
    """Return the pattern of a path without those of more exact routes: a wildcard matches no path of another route."""
    exact = [other.pattern for other in earlier if _has_precedence(other, each) and _overlap(other, each)]
    if not exact:
        return f"<{each.pattern}>"
    return f"<(?!(?:{'|'.join(dict.fromkeys(exact))})$){each.pattern}>"


def _has_precedence(one: _PublicRoute, other: _PublicRoute) -> bool:
    exact_only = other.route.is_wildcard and not one.route.is_wildcard
    return exact_only or bool(set(one.methods) & set(other.methods))


def _overlap(one: _PublicRoute, other: _PublicRoute) -> bool:
    """Return whether a path may match both; a false positive does no harm."""
    left, right = (each.prefix.split("/")[1:] + list(each.route.segments) for each in (one, other))
    for a, b in zip(left, right, strict=False):
        if is_wildcard(a) or is_wildcard(b):
            return True
        if a != b and not is_variable(a) and not is_variable(b):
            return False
    return len(left) == len(right)


def _segment(part: str) -> str:
    if is_wildcard(part):
        return "/.*"
    return "/[^/]+" if is_variable(part) else "/" + re.escape(part)
