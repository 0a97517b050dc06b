"""Calls of a program: one listener for each declared call. An undeclared call has no address.

The program sends plain requests. The listener adds the service token, sets the time limit, and retries idempotent
requests: by their method, or with an Idempotency-Key.
"""

from collections.abc import Iterator
from dataclasses import replace

from stead.gateway.connection_manager import RESERVED, RESERVED_BUT_TOKENS
from stead.gateway.envoy.cluster import Cluster
from stead.gateway.envoy.connection import HttpConnectionManager
from stead.gateway.envoy.http import HttpFilter, Router
from stead.gateway.envoy.matcher import HeaderMatcher, StringMatcher, regex
from stead.gateway.envoy.message import duration
from stead.gateway.envoy.route import Route, RouteAction, RouteMatch, UpgradeConfig
from stead.gateway.proxy.connection_manager import connection_manager
from stead.gateway.proxy.deployment import Outbound, ProxyDeployment
from stead.gateway.proxy.local_reply import local_replies
from stead.gateway.routes import IDEMPOTENT, RETRY, UNSENT
from stead.gateway.traffic import USUAL
from stead.gateway.upstream import grpc_cluster, plain_clusters, service_clusters
from stead.model.request_limits import RequestLimits
from stead.model.route import SILENCE

ANY_SERVICES = RequestLimits(headers=1000, header_bytes=4 * 1024 * 1024)  # the callee refuses a body that is too large


def outbound_manager(call: Outbound) -> HttpConnectionManager:
    """Return the listener that a program uses instead of its callee's address."""
    return connection_manager(
        call.name,
        filters=(HttpFilter(name="envoy.filters.http.router", typed_config=Router()),),
        routes=_routes(call),
        replies=local_replies(),
        stripped=RESERVED_BUT_TOKENS if call.signs else RESERVED,
        limits=ANY_SERVICES,
        within="0s" if call.streams else duration(max(USUAL, call.timeout)),
    )


def outbound_clusters(call: Outbound, deployment: ProxyDeployment) -> Iterator[Cluster]:
    file, most = deployment.token_file(call), deployment.max_body
    if call.signs:
        yield from plain_clusters(call.name, call.at, most, grpc=call.grpc)
        return
    yield from service_clusters(call.name, call.at, call.callee, file, most, grpc=call.grpc)


def _routes(call: Outbound) -> tuple[Route, ...]:
    idempotent = HeaderMatcher(name=":method", string_match=regex("|".join(sorted({*IDEMPOTENT, "HEAD"}))))
    keyed = HeaderMatcher(name="idempotency-key", present_match=True)
    again = replace(_once(call), retry_policy=RETRY)
    return (
        *((_grpc(call),) if call.grpc else ()),
        Route(name="idempotent", match=RouteMatch(prefix="/", headers=(idempotent,)), route=again),
        Route(name="with a key", match=RouteMatch(prefix="/", headers=(keyed,)), route=again),
        Route(name="once", match=RouteMatch(prefix="/"), route=_once(call)),
    )


def _grpc(call: Outbound) -> Route:
    """Return the route of gRPC's requests, which HTTP/2 takes on: their media type begins so, by its specification."""
    media = HeaderMatcher(name="content-type", string_match=StringMatcher(prefix="application/grpc"))
    action = replace(_once(call), cluster=grpc_cluster(call.name))
    return Route(name="grpc", match=RouteMatch(prefix="/", headers=(media,)), route=action)


def _once(call: Outbound) -> RouteAction:
    if not call.streams:
        return RouteAction(cluster=call.name, timeout=duration(call.timeout), retry_policy=UNSENT)
    upgrades = (UpgradeConfig(upgrade_type="websocket"),)
    return RouteAction(
        cluster=call.name, timeout="0s", idle_timeout=duration(max(call.timeout, SILENCE)), upgrade_configs=upgrades
    )
