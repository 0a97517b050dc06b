"""The HTTP connection manager: the checks of every request before the filters, and the access log."""

import re
from collections.abc import Sequence

from stead.gateway.access import access_logs
from stead.gateway.deployment import Deployment
from stead.gateway.envoy.connection import (
    CidrRange,
    CommonHttpOptions,
    CustomTag,
    EarlyHeaderMutation,
    HeaderMutation,
    Http2Options,
    HttpConnectionManager,
    InternalAddressConfig,
    KeyMatch,
    OpenTelemetryConfig,
    Tracing,
)
from stead.gateway.envoy.core import HttpService, HttpUri, TypedExtension
from stead.gateway.envoy.http import CorsPolicy, HttpFilter
from stead.gateway.envoy.matcher import StringMatcher, regex
from stead.gateway.envoy.message import Message
from stead.gateway.envoy.route import Route, RouteConfiguration, VirtualHost
from stead.gateway.filters import CORS
from stead.gateway.local_reply import local_replies
from stead.gateway.traffic import request_timeout
from stead.gateway.upstream import COLLECTOR
from stead.model import Cors, Gateway
from stead.model.request_limits import RequestLimits

# Headers that only the gateway may set, in every spelling that a server might read as one of them, and Envoy's own.
RESERVED = r"x-envoy-.*|x[^a-z0-9]?(user|session|auth|tenant|service)[^a-z0-9].*"
RESERVED_BUT_TOKENS = r"x-envoy-.*|x[^a-z0-9]?(user|session|auth|tenant)[^a-z0-9].*"  # of who signs by himself
METHODS = "GET, POST, PUT, PATCH, DELETE"
SENT = "authorization, content-type, idempotency-key, traceparent, tracestate"
EXPOSED_HEADERS = "idempotency-replayed, retry-after, x-request-id"
NO_RANGE = CidrRange(address_prefix="255.255.255.255", prefix_len=32)  # no range at all means Envoy's usual ones


def connection_manager(
    gateway: Gateway, filters: Sequence[HttpFilter], routes: Sequence[Route], deployment: Deployment
) -> HttpConnectionManager:
    limits = largest([service.request_limits for service in gateway.fronts])
    return HttpConnectionManager(
        stat_prefix="edge",
        route_config=_routes(gateway, routes),
        http_filters=tuple(filters),
        access_log=access_logs(gateway.name),
        local_reply_config=local_replies(),
        early_header_mutation_extensions=(strip(RESERVED),),
        common_http_protocol_options=CommonHttpOptions(
            idle_timeout="60s", headers_with_underscores_action="REJECT_REQUEST", max_headers_count=limits.headers
        ),
        http2_protocol_options=Http2Options(
            max_concurrent_streams=100, initial_stream_window_size=65_536, initial_connection_window_size=1_048_576
        ),
        use_remote_address=True,
        xff_num_trusted_hops=deployment.trusted_hops,
        internal_address_config=InternalAddressConfig(cidr_ranges=(NO_RANGE,)),
        normalize_path=True,
        merge_slashes=True,
        path_with_escaped_slashes_action="REJECT_REQUEST",
        strip_any_host_port=True,
        max_request_headers_kb=kibibytes(limits.header_bytes),
        request_headers_timeout="10s",
        request_timeout=request_timeout(route for service in gateway.fronts for route in service.routes),
        stream_idle_timeout="60s",
        always_set_request_id_in_response=True,
        server_name=gateway.name,
        tracing=_tracing(gateway, deployment.collector) if deployment.collector else None,
    )


def largest(limits: Sequence[RequestLimits]) -> RequestLimits:
    """Return the limits of a listener; each service behind it has its own limits."""
    usual = RequestLimits()
    return RequestLimits(
        headers=max((each.headers for each in limits), default=usual.headers),
        header_bytes=max((each.header_bytes for each in limits), default=usual.header_bytes),
    )


def kibibytes(size: int) -> int:
    return -(-size // 1024)


def _routes(gateway: Gateway, routes: Sequence[Route]) -> RouteConfiguration:
    everywhere = VirtualHost(
        name="everywhere", domains=("*",), routes=tuple(routes), typed_per_filter_config=_cors(gateway.cors)
    )
    return RouteConfiguration(name="edge", virtual_hosts=(everywhere,))


def _cors(cors: Cors) -> dict[str, Message] | None:
    if not cors.origins:
        return None
    policy = CorsPolicy(
        allow_origin_string_match=tuple(_origin(origin) for origin in cors.origins),
        allow_methods=METHODS,
        allow_headers=SENT,
        expose_headers=EXPOSED_HEADERS,
        max_age="600",
        forward_not_matching_preflights=False,
    )
    return {CORS: policy}


def _origin(origin: str) -> StringMatcher:
    return regex("[^./:]+".join(re.escape(part) for part in origin.split("*")))


def strip(names: str) -> TypedExtension:
    """Remove headers with a matching name, before any other filter."""
    mutation = HeaderMutation(remove_on_match=KeyMatch(key_matcher=regex(names)))
    return TypedExtension(
        name="envoy.http.early_header_mutation.header_mutation",
        typed_config=EarlyHeaderMutation(mutations=(mutation,)),
    )


def _tracing(gateway: Gateway, collector: str) -> Tracing:
    uri = HttpUri(uri=f"{collector.rstrip('/')}/v1/traces", cluster=COLLECTOR, timeout="1s")
    # By itself Envoy puts the whole URL into a span, with a query that may hold a secret.
    config = OpenTelemetryConfig(http_service=HttpService(http_uri=uri), service_name=gateway.name)
    provider = TypedExtension(name="envoy.tracers.opentelemetry", typed_config=config)
    url = CustomTag(tag="http.url", value="%REQ(:SCHEME)%://%REQ(:AUTHORITY)%%PATH(NQ:ORIG_OR_PATH)%")
    return Tracing(provider=provider, custom_tags=(url,), spawn_upstream_span=True)
