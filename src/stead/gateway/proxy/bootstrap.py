"""The configuration of one proxy's Envoy: a listener for each program, and one for each of their calls."""

import ipaddress
from collections.abc import Iterator
from dataclasses import replace

from stead.gateway.bootstrap import MANAGER, address, empty
from stead.gateway.deployment import Socket
from stead.gateway.envoy.bootstrap import (
    Bootstrap,
    FilterChain,
    FilterChainMatch,
    Listener,
    NetworkFilter,
    Node,
    StaticResources,
)
from stead.gateway.envoy.cluster import Cluster
from stead.gateway.envoy.connection import CidrRange, HttpConnectionManager
from stead.gateway.proxy.deployment import ProxyDeployment
from stead.gateway.proxy.inbound import inbound_clusters, inbound_manager
from stead.gateway.proxy.outbound import outbound_clusters, outbound_manager


def bootstrap(deployment: ProxyDeployment) -> Bootstrap:
    """Return the configuration of the proxy at that place."""
    resources = StaticResources(listeners=tuple(_listeners(deployment)), clusters=tuple(_clusters(deployment)))
    node = Node(id=deployment.name, cluster=deployment.backend)
    return replace(
        empty(node, deployment.max_heap, deployment.max_connections, deployment.admin), static_resources=resources
    )


def _listeners(deployment: ProxyDeployment) -> Iterator[Listener]:
    for one in deployment.inbound:
        yield _listener(one.service.name, one.listen, inbound_manager(one), deployment)
    for call in deployment.outbound:
        yield _listener(call.name, call.listen, outbound_manager(call), deployment, _from(deployment.sources))


def _listener(
    name: str,
    listen: Socket,
    manager: HttpConnectionManager,
    deployment: ProxyDeployment,
    match: FilterChainMatch | None = None,
) -> Listener:
    chain = FilterChain(filters=(NetworkFilter(name=MANAGER, typed_config=manager),), filter_chain_match=match)
    return Listener(
        name=name,
        address=address(listen),
        filter_chains=(chain,),
        per_connection_buffer_limit_bytes=deployment.max_body,
    )


def _from(sources: tuple[str, ...]) -> FilterChainMatch | None:
    """Return the match for connections from those networks; Envoy closes a connection that no chain matches."""
    networks = [ipaddress.ip_network(source) for source in sources]
    ranges = tuple(CidrRange(address_prefix=str(each.network_address), prefix_len=each.prefixlen) for each in networks)
    return FilterChainMatch(source_prefix_ranges=ranges) if ranges else None


def _clusters(deployment: ProxyDeployment) -> Iterator[Cluster]:
    for one in deployment.inbound:
        yield from inbound_clusters(one, deployment)
    for call in deployment.outbound:
        yield from outbound_clusters(call, deployment)
