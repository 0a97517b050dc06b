"""envoy.config.cluster.v3 and envoy.config.endpoint.v3: where requests are sent on to."""

from collections.abc import Mapping
from typing import Literal

from stead.gateway.envoy.core import Address, TypedExtension
from stead.gateway.envoy.http import HttpFilter
from stead.gateway.envoy.message import Message


class Endpoint(Message):
    address: Address


class LbEndpoint(Message):
    endpoint: Endpoint


class LocalityLbEndpoints(Message):
    lb_endpoints: tuple[LbEndpoint, ...]


class ClusterLoadAssignment(Message):
    cluster_name: str
    endpoints: tuple[LocalityLbEndpoints, ...]


class Percent(Message):
    value: float


class RetryBudget(Message):
    budget_percent: Percent
    min_retry_concurrency: int


class Thresholds(Message):
    max_connections: int
    max_pending_requests: int
    max_requests: int
    retry_budget: RetryBudget | None = None
    track_remaining: bool = False


class CircuitBreakers(Message):
    thresholds: tuple[Thresholds, ...]


class OutlierDetection(Message):
    consecutive_gateway_failure: int
    enforcing_consecutive_gateway_failure: int
    enforcing_consecutive_5xx: int | None = None
    enforcing_success_rate: int | None = None
    interval: str | None = None
    base_ejection_time: str | None = None
    max_ejection_time: str | None = None
    max_ejection_percent: int | None = None


class Http1ProtocolOptions(Message):
    pass


class Http2ProtocolOptions(Message):
    pass


class ExplicitHttpConfig(Message):
    """One of the two."""

    http_protocol_options: Http1ProtocolOptions | None = None
    http2_protocol_options: Http2ProtocolOptions | None = None


class UpstreamCommonOptions(Message):
    idle_timeout: str


class HttpProtocolOptions(Message, type="envoy.extensions.upstreams.http.v3.HttpProtocolOptions"):
    explicit_http_config: ExplicitHttpConfig
    common_http_protocol_options: UpstreamCommonOptions | None = None
    http_filters: tuple[HttpFilter, ...] = ()


class UpstreamCodec(Message, type="envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec"):
    pass


class UpstreamTls(Message, type="envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"):
    sni: str


class DnsCluster(Message, type="envoy.extensions.clusters.dns.v3.DnsCluster"):
    """The instances are the addresses of a name, looked up again and again."""

    dns_refresh_rate: str


class Cluster(Message):
    name: str
    connect_timeout: str
    load_assignment: ClusterLoadAssignment
    typed_extension_protocol_options: Mapping[str, HttpProtocolOptions]
    circuit_breakers: CircuitBreakers | None = None
    outlier_detection: OutlierDetection | None = None
    transport_socket: TypedExtension | None = None
    per_connection_buffer_limit_bytes: int | None = None
    type: Literal["STATIC"] | None = None
    cluster_type: TypedExtension | None = None
