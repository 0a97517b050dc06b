"""envoy.config.bootstrap.v3 and envoy.config.listener.v3: the whole of one Envoy."""

from collections.abc import Mapping

from stead.gateway.envoy.cluster import Cluster
from stead.gateway.envoy.connection import CidrRange, HttpConnectionManager
from stead.gateway.envoy.core import Address, ConfigSource, TypedExtension
from stead.gateway.envoy.message import Message


class NetworkFilter(Message):
    name: str
    typed_config: HttpConnectionManager


class FilterChainMatch(Message):
    source_prefix_ranges: tuple[CidrRange, ...]


class FilterChain(Message):
    filters: tuple[NetworkFilter, ...]
    filter_chain_match: FilterChainMatch | None = None


class Listener(Message):
    name: str
    address: Address
    filter_chains: tuple[FilterChain, ...]
    per_connection_buffer_limit_bytes: int


class StaticResources(Message):
    listeners: tuple[Listener, ...] = ()
    clusters: tuple[Cluster, ...] = ()


class DynamicResources(Message):
    lds_config: ConfigSource
    cds_config: ConfigSource


class Node(Message):
    id: str
    cluster: str


class Admin(Message):
    address: Address


class FixedHeap(Message, type="envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig"):
    max_heap_size_bytes: int


class DownstreamConnections(
    Message, type="envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"
):
    max_active_downstream_connections: int


class Threshold(Message):
    value: float


class Trigger(Message):
    name: str
    threshold: Threshold


class OverloadAction(Message):
    name: str
    triggers: tuple[Trigger, ...]


class OverloadManager(Message):
    refresh_interval: str
    resource_monitors: tuple[TypedExtension, ...]
    actions: tuple[OverloadAction, ...]


class RuntimeLayer(Message):
    name: str
    static_layer: Mapping[str, object]


class LayeredRuntime(Message):
    layers: tuple[RuntimeLayer, ...]


class Bootstrap(Message):
    node: Node
    static_resources: StaticResources
    overload_manager: OverloadManager
    layered_runtime: LayeredRuntime
    admin: Admin | None = None
    dynamic_resources: DynamicResources | None = None
