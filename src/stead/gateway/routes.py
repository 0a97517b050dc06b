"""Render Envoy's routes from the services' routes: only declared requests are admitted, by exact method and path.

Envoy takes the first route that matches. Exact paths come before paths with variables, then a 405 for other methods of
each path, and last a 404 for everything: no request is forwarded by default.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from stead.gateway.deployment import Deployment
from stead.gateway.envoy.core import HeaderValueOption, TypedExtension, add_if_absent, overwrite
from stead.gateway.envoy.http import FilterConfig
from stead.gateway.envoy.matcher import HeaderMatcher, RegexMatcher, StringMatcher, exact_matcher, regex
from stead.gateway.envoy.message import Message
from stead.gateway.envoy.rbac import Principal, RbacPerRoute, RouteRbac, allow
from stead.gateway.envoy.route import (
    DirectResponse,
    PreviousHosts,
    RegexRewrite,
    RetryBackOff,
    RetryPolicy,
    Route,
    RouteAction,
    RouteMatch,
)
from stead.gateway.filters import GUARD, GUARD_NOTES, JWT, ROLES, body_limit, of_users, user_rules
from stead.gateway.providers.provider_config import (
    AUTH_METHOD,
    USER_ROLES,
    IntrospectionEndpoint,
    ProviderConfig,
    claim_has,
)
from stead.gateway.traffic import action, by_body, with_limit
from stead.gateway.upstream import NOWHERE
from stead.model import AnyService, Gateway
from stead.model import Route as Declared
from stead.model.health import METRICS, PATHS
from stead.model.route import is_variable, is_wildcard

IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})  # RFC 9110 section 9.2.2
ANOTHER = TypedExtension(name="envoy.retry_host_predicates.previous_hosts", typed_config=PreviousHosts())
RETRY = RetryPolicy(
    retry_on="connect-failure,refused-stream,reset",  # a service that answers 503 was reached, and gave its reason
    num_retries=2,
    retry_back_off=RetryBackOff(base_interval="0.025s", max_interval="0.25s"),
    retry_host_predicate=(ANOTHER,),
    host_selection_retry_max_attempts=3,
)
UNSENT = replace(RETRY, retry_on="connect-failure,refused-stream")  # for a request that must not run twice
CREDENTIALS = ("authorization", "cookie", "proxy-authorization")
Off = dict[str, Message]
OFF = FilterConfig(disabled=True)


@dataclass(frozen=True, slots=True)
class PublicRoute:
    """A route as it is outside: the gateway's prefix is before its path."""

    service: AnyService
    route: Declared
    prefix: str

    @property
    def path(self) -> str:
        return self.prefix + self.route.path

    @property
    def order(self) -> tuple[tuple[bool, str], ...]:
        segments = (*self.prefix.split("/"), *self.route.segments, self.route.method)
        return tuple((is_variable(segment) or is_wildcard(segment), segment) for segment in segments)


def service_routes(
    gateway: Gateway, trusted_providers: Sequence[ProviderConfig], deployment: Deployment
) -> tuple[Route, ...]:
    """Return the routes of all fronted services, and the refusal of everything else."""
    off: Off = dict.fromkeys(of_users(trusted_providers), OFF)
    outer = [
        PublicRoute(service, route, gateway.prefix_of(service))
        for service in gateway.fronts
        for route in service.routes
        if route.access != "service"
    ]
    preflight = (_preflight(off),) if gateway.cors.origins else ()
    arrangement = arranged(outer, off, lambda each: _bodies(each, trusted_providers, deployment))
    return tuple(with_limit((*preflight, *arrangement, unknown(off)), deployment.max_body))


def arranged(
    outer: Iterable[PublicRoute], off: Off, let_in: Callable[[PublicRoute], Iterable[Route]]
) -> Iterator[Route]:
    """Yield the admitted and the refused routes: a wildcard matches only paths of no other route, with any method."""
    ordered = sorted(outer, key=lambda each: each.order)
    for group in ([each for each in ordered if each.route.is_wildcard is wanted] for wanted in (False, True)):
        for each in group:
            yield from let_in(each)
        yield from wrong_methods(group, off)


def _bodies(outer: PublicRoute, trusted_providers: Sequence[ProviderConfig], deployment: Deployment) -> Iterator[Route]:
    if outer.route.is_wildcard and len(outer.route.segments) == 1:
        yield from _inner(outer, dict.fromkeys(of_users(trusted_providers), OFF))
    for route in _let_in(outer, trusted_providers, deployment):
        yield from by_body(route, outer.route, outer.service.request_limits.body)


def _inner(outer: PublicRoute, off: Off) -> Iterator[Route]:
    """Refuse the operators' paths of a service: a wildcard would publish its metrics and health."""
    for path in (*PATHS, METRICS):
        yield Route(
            name=f"{outer.service.name} {path}",
            match=RouteMatch(path=outer.prefix + path),
            direct_response=DirectResponse(status=404),
            typed_per_filter_config=off,
        )


def _preflight(off: Off) -> Route:
    """Return the route of CORS preflights: the cors filter answers them all, but only on a route to a service."""
    preflight_headers = ("origin", "access-control-request-method")
    headers = (
        HeaderMatcher(name=":method", string_match=exact_matcher("OPTIONS")),
        *(HeaderMatcher(name=name, present_match=True) for name in preflight_headers),
    )
    return Route(
        name="preflight",
        match=RouteMatch(prefix="/", headers=headers),
        route=RouteAction(cluster=NOWHERE, timeout="1s"),
        typed_per_filter_config=off,
    )


def _let_in(outer: PublicRoute, trusted_providers: Sequence[ProviderConfig], deployment: Deployment) -> Iterator[Route]:
    """Yield the route, for users once per kind of credential, so that a request passes only the filters that it
    needs.
    """
    service, route = outer.service, outer.route
    there = service.name in deployment.upstreams
    plain = Route(
        name=f"{service.name} {route}",
        match=path_match(outer, of_method(route)),
        route=_action(outer) if there else None,
        direct_response=None if there else DirectResponse(status=503),
        typed_per_filter_config=_left_out(route, trusted_providers) | body_limit(service, deployment),
        request_headers_to_remove=() if route.credential else CREDENTIALS,  # removed by the router, after the filters
    )
    if route.access == "public":
        yield plain
        return
    for trusted in trusted_providers:
        if trusted.introspection:
            yield _for_introspection(plain, trusted, trusted.introspection)
    yield replace(plain, request_headers_to_add=tuple(_methods(trusted_providers)))


def _left_out(route: Declared, trusted_providers: Sequence[ProviderConfig]) -> Off:
    """Return a route's filter overrides; the default is a user with a signed token."""
    if route.access == "public":
        return dict.fromkeys(of_users(trusted_providers), OFF)
    introspected = [trusted.name for trusted in trusted_providers if trusted.introspection]
    return dict.fromkeys(introspected, OFF) | {ROLES: _roles(route, trusted_providers) if route.roles else OFF}


def _for_introspection(route: Route, trusted: ProviderConfig, endpoint: IntrospectionEndpoint) -> Route:
    """Return the route for looked-up credentials; the credential itself is not forwarded."""
    shown = (
        HeaderMatcher(name="authorization", string_match=StringMatcher(prefix=endpoint.prefix, ignore_case=True)),
        HeaderMatcher(name="authorization", string_match=regex(endpoint.pattern)),
    )
    config = dict(route.typed_per_filter_config or {})
    config.pop(trusted.name)
    guard = RouteRbac(rules=user_rules(trusted), rules_stat_prefix=GUARD_NOTES)
    return replace(
        route,
        name=f"{route.name} ({trusted.name})",
        match=replace(route.match, headers=(*route.match.headers, *shown)),
        typed_per_filter_config={**config, JWT: OFF, GUARD: RbacPerRoute(rbac=guard)},
    )


def of_method(route: Declared) -> StringMatcher | None:
    """Match the method of a route; None for any method."""
    return None if route.method == "ANY" else exact_matcher(route.method)


def path_match(outer: PublicRoute, method: StringMatcher | None) -> RouteMatch:
    """Match the path of a route exactly, and a method."""
    route = outer.route
    headers = (HeaderMatcher(name=":method", string_match=method),) if method else ()
    if any(is_variable(segment) or is_wildcard(segment) for segment in route.segments):
        return RouteMatch(safe_regex=RegexMatcher(regex=_pattern(outer)), headers=headers)
    return RouteMatch(path=outer.path, headers=headers)


def _pattern(outer: PublicRoute) -> str:
    """Write the path as an RE2 pattern: a variable is one segment that is not empty, a wildcard all that is left."""
    return re.escape(outer.prefix) + "".join(map(_segment, outer.route.segments))


def _segment(part: str) -> str:
    if is_wildcard(part):
        return "/.*"
    return "/[^/]+" if is_variable(part) else "/" + re.escape(part)


def _action(outer: PublicRoute) -> RouteAction:
    route = outer.route
    retry = RETRY if route.method in IDEMPOTENT else UNSENT
    return action(outer.service.name, route, retry=retry, rewrite=_stripped(outer.prefix))


def _stripped(prefix: str) -> RegexRewrite | None:
    """Strip the prefix; the query stays. A plain `prefix_rewrite` would put a whole path in place of an exact one."""
    pattern = RegexMatcher(regex=f"^{re.escape(prefix)}/")
    return RegexRewrite(pattern=pattern, substitution="/") if prefix else None


def _roles(route: Declared, trusted_providers: Sequence[ProviderConfig]) -> RbacPerRoute:
    one_of = "|".join(re.escape(role) for role in sorted(route.roles))
    holds = Principal(header=HeaderMatcher(name=USER_ROLES, string_match=regex(f"(?:.* )?(?:{one_of})(?: .*)?")))
    listed = [claim_has(each.roles, role) for each in trusted_providers if each.roles for role in sorted(route.roles)]
    return RbacPerRoute(rbac=RouteRbac(rules=allow("roles", holds, *listed), rules_stat_prefix=f"{ROLES}_"))


def _methods(trusted_providers: Sequence[ProviderConfig]) -> Iterator[HeaderValueOption]:
    for trusted in trusted_providers:
        if trusted.method:
            yield add_if_absent(AUTH_METHOD, trusted.method)


def wrong_methods(routes: Sequence[PublicRoute], off: Off) -> Iterator[Route]:
    allowed: dict[str, list[PublicRoute]] = {}
    for route in routes:
        allowed.setdefault(route.path, []).append(route)
    for path, declared in allowed.items():
        methods = sorted(each.route.method for each in declared)
        if "ANY" not in methods:
            yield Route(
                name=f"other methods {path}",
                match=path_match(declared[0], regex(".*")),
                direct_response=DirectResponse(status=405),
                typed_per_filter_config=off,
                response_headers_to_add=(overwrite("allow", ", ".join(methods)),),
            )


def unknown(off: Off) -> Route:
    return Route(
        name="unknown",
        match=RouteMatch(prefix="/"),
        direct_response=DirectResponse(status=404),
        typed_per_filter_config=off,
    )
