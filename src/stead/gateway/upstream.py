"""Where the gateway sends requests on to: one cluster a service, each with a service token of its own.

The token is put in by a filter of the cluster, after routing, from a file that the agent writes: a token for one
service can never be sent to another, and without its file nothing is sent at all.
"""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from stead.gateway.deployment import Socket
from stead.gateway.envoy.cluster import (
    CircuitBreakers,
    Cluster,
    ClusterLoadAssignment,
    DnsCluster,
    Endpoint,
    ExplicitHttpConfig,
    Http1ProtocolOptions,
    Http2ProtocolOptions,
    HttpProtocolOptions,
    LbEndpoint,
    LocalityLbEndpoints,
    OutlierDetection,
    Percent,
    RetryBudget,
    Thresholds,
    UpstreamCodec,
    UpstreamCommonOptions,
    UpstreamTls,
)
from stead.gateway.envoy.core import (
    Address,
    ConfigSource,
    PathConfigSource,
    SdsSecretConfig,
    SocketAddress,
    TypedExtension,
)
from stead.gateway.envoy.http import CredentialInjector, Generic, HttpFilter

COLLECTOR = "collector"
NOWHERE = "nowhere"
PROTOCOL = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
AT_ONCE = 64  # retries under way, whatever the traffic: all who were at an instance that ends turn to another at once
LOOK_AGAIN = "1s"  # how soon an instance that came or went is noticed
IDLE = "3s"  # Node and uvicorn close after 5 s: a connection is never used while its peer is closing it


def service_clusters(
    name: str, at: Socket, audience: str, token_file: str, max_body: int, *, grpc: bool
) -> Iterator[Cluster]:
    """Yield the clusters that add the token in a file, which is named after its audience.

    What speaks gRPC has two: a program may answer both HTTP/1.1 and HTTP/2 on its port, and each route says which.
    """
    yield from _clusters(name, at, (_service_token(audience, token_file),), max_body, grpc=grpc)


def plain_clusters(name: str, at: Socket, max_body: int, *, grpc: bool) -> Iterator[Cluster]:
    """Yield the clusters of a program that knows nothing of service tokens."""
    yield from _clusters(name, at, (), max_body, grpc=grpc)


def _clusters(
    name: str, at: Socket, filters: tuple[HttpFilter, ...], max_body: int, *, grpc: bool
) -> Iterator[Cluster]:
    yield _cluster(name, at, _protocol(_HTTP1, filters), max_body)
    if grpc:
        yield _cluster(grpc_cluster(name), at, _protocol(_HTTP2, filters), max_body)


def grpc_cluster(name: str) -> str:
    """Return the name of the cluster of a service's gRPC routes; no service has a blank in its name."""
    return f"{name} grpc"


def _cluster(name: str, at: Socket, protocol: HttpProtocolOptions, max_body: int) -> Cluster:
    return Cluster(
        name=name,
        type="STATIC" if _is_address(at.host) else None,
        cluster_type=None if _is_address(at.host) else BY_NAME,
        connect_timeout="1s",
        load_assignment=_endpoints(name, at),
        typed_extension_protocol_options={PROTOCOL: protocol},
        circuit_breakers=CircuitBreakers(thresholds=(_limits(),)),
        outlier_detection=_outliers(),
        per_connection_buffer_limit_bytes=max_body,
    )


def collector_cluster(url: str) -> Cluster:
    """Return the cluster of the OTLP collector; it gets no service token."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    at = Socket(parts.hostname or "", parts.port or (443 if secure else 80))
    tls = TypedExtension(name="envoy.transport_sockets.tls", typed_config=UpstreamTls(sni=at.host))
    return Cluster(
        name=COLLECTOR,
        type="STATIC" if _is_address(at.host) else None,
        cluster_type=None if _is_address(at.host) else BY_NAME,
        connect_timeout="1s",
        load_assignment=_endpoints(COLLECTOR, at),
        typed_extension_protocol_options={PROTOCOL: HttpProtocolOptions(explicit_http_config=_HTTP1)},
        transport_socket=tls if secure else None,
    )


def nowhere() -> Cluster:
    """Return a cluster without an endpoint: for a route that must lead to a service and must not be followed."""
    return Cluster(
        name=NOWHERE,
        type="STATIC",
        connect_timeout="1s",
        load_assignment=ClusterLoadAssignment(cluster_name=NOWHERE, endpoints=()),
        typed_extension_protocol_options={PROTOCOL: HttpProtocolOptions(explicit_http_config=_HTTP1)},
    )


BY_NAME = TypedExtension(name="envoy.cluster.dns", typed_config=DnsCluster(dns_refresh_rate=LOOK_AGAIN))
_HTTP1 = ExplicitHttpConfig(http_protocol_options=Http1ProtocolOptions())
_HTTP2 = ExplicitHttpConfig(http2_protocol_options=Http2ProtocolOptions())


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _endpoints(name: str, at: Socket) -> ClusterLoadAssignment:
    address = Address(socket_address=SocketAddress(address=at.host, port_value=at.port))
    endpoint = LbEndpoint(endpoint=Endpoint(address=address))
    return ClusterLoadAssignment(cluster_name=name, endpoints=(LocalityLbEndpoints(lb_endpoints=(endpoint,)),))


def _protocol(version: ExplicitHttpConfig, filters: tuple[HttpFilter, ...]) -> HttpProtocolOptions:
    return HttpProtocolOptions(
        explicit_http_config=version,
        common_http_protocol_options=UpstreamCommonOptions(idle_timeout=IDLE),
        http_filters=(
            *filters,
            HttpFilter(name="envoy.filters.http.upstream_codec", typed_config=UpstreamCodec()),
        ),
    )


def _service_token(audience: str, token_file: str) -> HttpFilter:
    file = PathConfigSource(path=token_file)
    secret = SdsSecretConfig(name=audience, sds_config=ConfigSource(path_config_source=file, resource_api_version="V3"))
    credential = Generic(credential=secret, header="x-service-token", header_value_prefix="Bearer ")
    injector = CredentialInjector(
        overwrite=True,
        credential=TypedExtension(name="envoy.http.injected_credentials.generic", typed_config=credential),
    )
    return HttpFilter(name="envoy.filters.http.credential_injector", typed_config=injector)


def _limits() -> Thresholds:
    budget = RetryBudget(budget_percent=Percent(value=20.0), min_retry_concurrency=AT_ONCE)
    return Thresholds(max_connections=1024, max_pending_requests=1024, max_requests=4096, retry_budget=budget)


def _outliers() -> OutlierDetection:
    """Eject an instance whose connections fail; a single instance stays.

    It is asked again soon: one that starts has its name before it listens, and must not be missing when the instance
    that answers beside it ends, as in a ship. What fails meanwhile is sent to another instance.
    """
    return OutlierDetection(
        consecutive_gateway_failure=5,
        enforcing_consecutive_gateway_failure=100,
        enforcing_consecutive_5xx=0,
        enforcing_success_rate=0,
        interval="1s",
        base_ejection_time="1s",
        max_ejection_time="2s",
        max_ejection_percent=50,
    )
