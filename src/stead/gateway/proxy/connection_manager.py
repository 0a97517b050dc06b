"""The HTTP connection manager of one listener: the checks of a request before the filters."""

from collections.abc import Sequence

from stead.gateway.access import access_logs
from stead.gateway.connection_manager import NO_RANGE, kibibytes, strip
from stead.gateway.drain import EDGE
from stead.gateway.envoy.connection import (
    CommonHttpOptions,
    Http2Options,
    HttpConnectionManager,
    InternalAddressConfig,
    LocalReplyConfig,
)
from stead.gateway.envoy.http import HttpFilter
from stead.gateway.envoy.route import Route, RouteConfiguration, VirtualHost
from stead.model.request_limits import ADDED_HEADER_BYTES, ADDED_HEADERS, RequestLimits


def connection_manager(
    name: str,
    *,
    filters: Sequence[HttpFilter],
    routes: Sequence[Route],
    replies: LocalReplyConfig,
    stripped: str,
    limits: RequestLimits,
    within: str = "60s",
) -> HttpConnectionManager:
    everywhere = VirtualHost(name="everywhere", domains=("*",), routes=tuple(routes))
    return HttpConnectionManager(
        stat_prefix=EDGE,  # one count of open requests for all listeners, which a drain waits for
        route_config=RouteConfiguration(name=name, virtual_hosts=(everywhere,)),
        http_filters=tuple(filters),
        access_log=access_logs(name),
        local_reply_config=replies,
        early_header_mutation_extensions=(strip(stripped),),
        common_http_protocol_options=CommonHttpOptions(
            idle_timeout="60s",
            headers_with_underscores_action="REJECT_REQUEST",
            max_headers_count=limits.headers + ADDED_HEADERS,
        ),
        http2_protocol_options=Http2Options(
            max_concurrent_streams=100, initial_stream_window_size=65_536, initial_connection_window_size=1_048_576
        ),
        use_remote_address=True,
        internal_address_config=InternalAddressConfig(cidr_ranges=(NO_RANGE,)),
        normalize_path=True,
        merge_slashes=False,
        path_with_escaped_slashes_action="REJECT_REQUEST",
        strip_any_host_port=True,
        max_request_headers_kb=kibibytes(limits.header_bytes + ADDED_HEADER_BYTES),
        request_headers_timeout="10s",
        request_timeout=within,
        stream_idle_timeout="60s",
        always_set_request_id_in_response=True,
        server_name=name.partition(" ")[0],
    )
