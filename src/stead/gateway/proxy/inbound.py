"""Requests to a program: the declared routes by exact method and path, its health for everyone, and nothing else."""

from collections.abc import Iterator

from stead.gateway.envoy.cluster import Cluster
from stead.gateway.envoy.connection import HttpConnectionManager
from stead.gateway.envoy.http import Buffer, FilterConfig, HttpFilter, Router
from stead.gateway.envoy.matcher import HeaderMatcher, StringMatcher, exact_matcher, regex
from stead.gateway.envoy.message import Message
from stead.gateway.envoy.route import DirectResponse, Route, RouteAction, RouteMatch
from stead.gateway.providers.provider_config import (
    AUTH_METHOD,
    SESSION_ID,
    TENANT_IDS,
    USER_ACTOR,
    USER_ID,
    USER_ROLES,
    USER_SCOPES,
)
from stead.gateway.proxy.admission import ADMISSION, CALLER, JWT, TOKEN, admission, rule_of, verification
from stead.gateway.proxy.connection_manager import connection_manager
from stead.gateway.proxy.deployment import Inbound, ProxyDeployment
from stead.gateway.proxy.local_reply import local_replies
from stead.gateway.proxy.program import speaks_grpc
from stead.gateway.routes import IDEMPOTENT, RETRY, UNSENT, PublicRoute, arranged, path_match, unknown
from stead.gateway.traffic import BUFFER, action, by_body, request_timeout, with_limit
from stead.gateway.upstream import grpc_cluster, plain_clusters
from stead.model import AnyService
from stead.model.health import GRPC_HEALTH, HEALTH, METRICS, PATHS

USER = (USER_ID, SESSION_ID, USER_ROLES, USER_SCOPES, USER_ACTOR, AUTH_METHOD, TENANT_IDS)
OFF = FilterConfig(disabled=True)
# Headers that only the proxy may set, and every spelling of an identity header that some program would accept.
FAMILY = "(user|session|auth|tenant|service)"
SPOOFED = (
    rf"{CALLER}|x[^a-z0-9-]{FAMILY}[^a-z0-9].*|x[^a-z0-9]?{FAMILY}[^a-z0-9-].*|x{FAMILY}[^a-z0-9].*"
    rf"|x-{FAMILY}-.*[^a-z0-9-].*"
)


def inbound_manager(inbound: Inbound) -> HttpConnectionManager:
    """Return the listener in front of one program."""
    signed = (verification(inbound),) if inbound.callers else ()
    return connection_manager(
        inbound.service.name,
        filters=(
            *signed,
            admission(),
            HttpFilter(name=BUFFER, typed_config=Buffer(max_request_bytes=inbound.service.request_limits.body)),
            HttpFilter(name="envoy.filters.http.router", typed_config=Router()),
        ),
        routes=tuple(with_limit(_routes(inbound), inbound.service.request_limits.body)),
        within=request_timeout(inbound.service.routes),
        replies=local_replies(),
        stripped=SPOOFED,
        limits=inbound.service.request_limits,
    )


def inbound_clusters(inbound: Inbound, deployment: ProxyDeployment) -> Iterator[Cluster]:
    service = inbound.service
    yield from plain_clusters(service.name, inbound.program, deployment.max_body, grpc=speaks_grpc(service))


def open_paths(service: AnyService) -> tuple[str, ...]:
    """Return the public paths: health and metrics, unless the description declares them."""
    by_contract = service.health.contract and service.health.path == HEALTH
    own = (service.health.path,) if service.health.by_path else ()
    health = PATHS if by_contract and service.health.by_path else own
    declared = {route.path for route in service.routes}
    return tuple(path for path in (*health, METRICS) if path not in declared)


def _routes(inbound: Inbound) -> Iterator[Route]:
    most = inbound.service.request_limits.body
    off: dict[str, Message] = {ADMISSION: OFF}
    if inbound.callers:
        off[JWT] = OFF
    for path in open_paths(inbound.service):
        yield _open(path, regex("GET|HEAD"), inbound.service.name, off)
    if inbound.service.health.grpc:
        yield _open(GRPC_HEALTH, exact_matcher("POST"), grpc_cluster(inbound.service.name), off)
    outer = (PublicRoute(inbound.service, each, "") for each in inbound.service.routes)
    yield from arranged(outer, off, lambda each: by_body(_let_in(each, inbound, off), each.route, most))
    yield unknown(off)


def _open(path: str, method: StringMatcher, cluster: str, off: dict[str, Message]) -> Route:
    return Route(
        name=path,
        match=RouteMatch(path=path, headers=(HeaderMatcher(name=":method", string_match=method),)),
        route=RouteAction(cluster=cluster, timeout="2s"),
        typed_per_filter_config=off,
        request_headers_to_remove=(*USER, TOKEN),
    )


def _let_in(outer: PublicRoute, inbound: Inbound, off: dict[str, Message]) -> Route:
    """Return a declared route. Without any caller a public route is open, and all others are closed for good."""
    route = outer.route
    method = regex("GET|HEAD") if route.method == "GET" else exact_matcher(route.method)
    match = path_match(outer, None if route.method == "ANY" else method)
    if not inbound.callers and route.access != "public":
        return Route(
            name=str(route), match=match, direct_response=DirectResponse(status=401), typed_per_filter_config=off
        )
    return Route(
        name=str(route),
        match=match,
        route=action(inbound.service.name, route, retry=RETRY if route.method in IDEMPOTENT else UNSENT),
        typed_per_filter_config={ADMISSION: rule_of(route, inbound)} if inbound.callers else off,
        request_headers_to_remove=(TOKEN,) if route.access == "user" else (*USER, TOKEN),
    )
