"""Envoy's settings for a route's traffic: timeout, streaming, size of the body.

The gateway and the proxy of a program use the same. A large body is not buffered: its announced length is enforced; a
body without a length is buffered up to the default limit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from stead.gateway.envoy.http import BufferPerRoute, FilterConfig, PlainBuffer
from stead.gateway.envoy.matcher import HeaderMatcher, Int64Range
from stead.gateway.envoy.message import Message, duration
from stead.gateway.envoy.route import (
    DirectResponse,
    Metadata,
    RegexRewrite,
    RetryPolicy,
    Route,
    RouteAction,
    UpgradeConfig,
)
from stead.gateway.upstream import grpc_cluster
from stead.model import Route as Declared
from stead.model.route import DEADLINE, SILENCE

BUFFER = "envoy.filters.http.buffer"
LENGTH = "content-length"
LIMIT, MOST = "stead", "max_body"  # where a route's limit is among its metadata
USUAL = 60.0  # seconds in which a request has to be there
_OFF = FilterConfig(disabled=True)


def action(
    cluster: str, route: Declared, *, retry: RetryPolicy | None = None, rewrite: RegexRewrite | None = None
) -> RouteAction:
    """Return where a request goes, and for how long; a stream has no end, and is closed when it is silent."""
    cluster = grpc_cluster(cluster) if route.grpc else cluster
    if not (route.streams or route.websocket):
        return RouteAction(cluster=cluster, timeout=duration(route.timeout), retry_policy=retry, regex_rewrite=rewrite)
    upgrades = (UpgradeConfig(upgrade_type="websocket"),) if route.websocket else ()
    return RouteAction(
        cluster=cluster,
        timeout="0s",
        idle_timeout=duration(silence(route)),
        upgrade_configs=upgrades,
        regex_rewrite=rewrite,
    )


def silence(route: Declared) -> float:
    """Return the seconds without a byte after which a stream is closed."""
    return SILENCE if route.timeout == DEADLINE else route.timeout


def by_body(route: Route, declared: Declared, max_body: int) -> Iterator[Route]:
    """Yield the variants of a route for its body limit; `max_body` is the limit of its service."""
    limit = declared.max_body
    route = replace(route, metadata=_limit(max_body if limit is None else limit))
    if declared.websocket or (declared.grpc and declared.streams):
        yield _with(route, _OFF)
    elif limit is None:
        yield route
    elif limit <= max_body or declared.grpc:  # a gRPC request announces no length
        yield _with(route, BufferPerRoute(buffer=PlainBuffer(max_request_bytes=limit)))
    else:
        within = HeaderMatcher(name=LENGTH, range_match=Int64Range(start=0, end=limit + 1))
        yield _with(_with_header(route, within, "in one piece"), _OFF)
        beyond = _with_header(route, HeaderMatcher(name=LENGTH, present_match=True), "too large")
        yield replace(beyond, route=None, direct_response=DirectResponse(status=413))
        yield replace(route, metadata=_limit(max_body))


def request_seconds(routes: Iterable[Declared]) -> float:
    """Return the seconds within which a request must be complete: an upload may take as long as its route.

    A gRPC stream is complete only at the end of its call: 0 means no limit, and the idle timeout ends it.
    """
    routes = tuple(routes)
    if any(route.grpc and route.streams for route in routes):
        return 0
    return max([USUAL, *(route.timeout for route in routes if route.max_body is not None)])


def request_timeout(routes: Iterable[Declared]) -> str:
    """Return the same in Envoy's words."""
    return duration(request_seconds(routes))


def with_limit(routes: Iterable[Route], max_body: int) -> Iterator[Route]:
    """Yield the routes; those without their own limit get the default limit, with its metadata."""
    for route in routes:
        yield route if route.metadata else replace(route, metadata=_limit(max_body))


def _limit(size: int) -> Metadata:
    """Return the metadata with the body limit for the error response."""
    return Metadata(filter_metadata={LIMIT: {MOST: str(size)}})


def _with(route: Route, config: Message) -> Route:
    return replace(route, typed_per_filter_config={**(route.typed_per_filter_config or {}), BUFFER: config})


def _with_header(route: Route, header: HeaderMatcher, name: str) -> Route:
    match = replace(route.match, headers=(*route.match.headers, header))
    return replace(route, name=f"{route.name} ({name})", match=match)
