"""Render the configuration of a gateway's Envoy.

Typed values, serialised to JSON at the end: a target changes the values. Rejected: a template of YAML, which has no
types, and in which a quote in a value changes the configuration.
"""

from collections.abc import Iterator
from dataclasses import replace

from stead.gateway.connection_manager import connection_manager
from stead.gateway.deployment import Deployment, Socket, UnixSocket
from stead.gateway.envoy.bootstrap import (
    Admin,
    Bootstrap,
    DownstreamConnections,
    FilterChain,
    FixedHeap,
    LayeredRuntime,
    Listener,
    NetworkFilter,
    Node,
    OverloadAction,
    OverloadManager,
    RuntimeLayer,
    StaticResources,
    Threshold,
    Trigger,
)
from stead.gateway.envoy.cluster import Cluster
from stead.gateway.envoy.connection import HttpConnectionManager
from stead.gateway.envoy.core import Address, Pipe, SocketAddress, TypedExtension
from stead.gateway.envoy.message import written
from stead.gateway.filters import BUFFER, CORS, RATE, filters, of_users
from stead.gateway.health import health_routes
from stead.gateway.problem import GatewayError
from stead.gateway.providers import trusted_providers
from stead.gateway.routes import service_routes
from stead.gateway.upstream import collector_cluster, nowhere, service_clusters
from stead.model import Backend, Gateway

MANAGER = "envoy.filters.network.http_connection_manager"
HEAP = "envoy.resource_monitors.fixed_heap"
# A user id is counted up to its longest, which is more than Envoy takes for a pattern by itself.
PATTERNS = {"re2.max_program_size.error_level": 20_000, "re2.max_program_size.warn_level": 20_000}
SPANS = RuntimeLayer(name="spans", static_layer={"tracing.opentelemetry.flush_interval_ms": 1000})  # by itself 5000
RUNTIME = LayeredRuntime(layers=(RuntimeLayer(name="patterns", static_layer=PATTERNS), SPANS))
CONNECTIONS = "envoy.resource_monitors.global_downstream_max_connections"


def bootstrap(backend: Backend, deployment: Deployment) -> Bootstrap:
    """Return the configuration of the backend's gateway at that site; GatewayError when it has none."""
    gateway = backend.gateway
    if gateway is None:
        raise GatewayError(f"{backend.where}: the backend {backend.name} has no gateway")
    resources = StaticResources(
        listeners=(_listener(_manager(gateway, deployment), deployment),),
        clusters=tuple(_clusters(gateway, deployment)),
    )
    node = Node(id=gateway.name, cluster=backend.name)
    return replace(
        empty(node, deployment.max_heap, deployment.max_connections, deployment.admin), static_resources=resources
    )


def empty(node: Node, max_heap: int, max_connections: int, admin: Socket | UnixSocket | None) -> Bootstrap:
    """Return a bootstrap without listeners and clusters: the parts that Envoy reads only at its start."""
    return Bootstrap(
        node=node,
        static_resources=StaticResources(),
        overload_manager=overload(max_heap, max_connections),
        layered_runtime=RUNTIME,
        admin=Admin(address=address(admin)) if admin else None,
    )


def to_json(configuration: Bootstrap) -> str:
    """Write a configuration as Envoy reads it: same value, same bytes."""
    return written(configuration)


def _manager(gateway: Gateway, deployment: Deployment) -> HttpConnectionManager:
    known = trusted_providers(gateway, deployment)
    cors = (CORS,) if gateway.cors.origins else ()
    every_filter = (*cors, RATE, *of_users(known), BUFFER)
    routes = (*health_routes(gateway, every_filter, deployment), *service_routes(gateway, known, deployment))
    return connection_manager(gateway, filters(gateway, known, deployment), routes, deployment)


def _listener(manager: HttpConnectionManager, deployment: Deployment) -> Listener:
    chain = FilterChain(filters=(NetworkFilter(name=MANAGER, typed_config=manager),))
    return Listener(
        name="edge",
        address=address(deployment.listen),
        filter_chains=(chain,),
        per_connection_buffer_limit_bytes=deployment.max_body,
    )


def _clusters(gateway: Gateway, deployment: Deployment) -> Iterator[Cluster]:
    """Yield the clusters of each callee of the gateway that runs in the environment."""
    called = {call.callee.name for call in gateway.calls}
    grpc = {service.name for service in gateway.fronts if any(route.grpc for route in service.routes)}
    for name in sorted(called & deployment.upstreams.keys()):
        at, file = deployment.upstreams[name], deployment.token_file(name)
        yield from service_clusters(name, at, name, file, deployment.max_body, grpc=name in grpc)
    if gateway.cors.origins:
        yield nowhere()
    if deployment.collector:
        yield collector_cluster(deployment.collector)


def overload(max_heap: int, max_connections: int) -> OverloadManager:
    """Before memory runs out give some back, then take no more requests; bound the connections."""
    heap = FixedHeap(max_heap_size_bytes=max_heap)
    connections = DownstreamConnections(max_active_downstream_connections=max_connections)
    return OverloadManager(
        refresh_interval="0.25s",
        resource_monitors=(
            TypedExtension(name=HEAP, typed_config=heap),
            TypedExtension(name=CONNECTIONS, typed_config=connections),
        ),
        actions=(
            _at(0.95, "envoy.overload_actions.shrink_heap"),
            _at(0.98, "envoy.overload_actions.stop_accepting_requests"),
        ),
    )


def _at(part: float, action: str) -> OverloadAction:
    return OverloadAction(name=action, triggers=(Trigger(name=HEAP, threshold=Threshold(value=part)),))


def address(at: Socket | UnixSocket) -> Address:
    if isinstance(at, UnixSocket):
        return Address(pipe=Pipe(path=at.path))
    return Address(socket_address=SocketAddress(address=at.host, port_value=at.port))
