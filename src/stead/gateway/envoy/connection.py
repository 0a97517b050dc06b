"""The HTTP connection manager, and its access log and local replies."""

from typing import Literal

from stead.gateway.envoy.core import HeaderValueOption, HttpService, SubstitutionFormatString, TypedExtension
from stead.gateway.envoy.http import HttpFilter
from stead.gateway.envoy.matcher import MetadataMatcher, StringMatcher
from stead.gateway.envoy.message import Message
from stead.gateway.envoy.route import RouteConfiguration


class RuntimeUInt32(Message):
    default_value: int
    runtime_key: str


class ComparisonFilter(Message):
    op: Literal["EQ", "GE", "LE", "NE"]
    value: RuntimeUInt32


class StatusCodeFilter(Message):
    comparison: ComparisonFilter


class MetadataFilter(Message):
    matcher: MetadataMatcher
    match_if_key_not_found: bool


class AndFilter(Message):
    filters: tuple["AccessLogFilter", ...]


class ExpressionFilter(Message, type="envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter"):
    """A CEL expression over the attributes of the request."""

    expression: str


class ExtensionFilter(Message):
    name: str
    typed_config: Message


class AccessLogFilter(Message):
    status_code_filter: StatusCodeFilter | None = None
    metadata_filter: MetadataFilter | None = None
    and_filter: AndFilter | None = None
    extension_filter: ExtensionFilter | None = None


class AccessLog(Message):
    name: str
    filter: AccessLogFilter
    typed_config: Message


class ResponseMapper(Message):
    filter: AccessLogFilter
    status_code: int | None = None
    body_format_override: SubstitutionFormatString | None = None
    headers_to_add: tuple[HeaderValueOption, ...] = ()


class LocalReplyConfig(Message):
    mappers: tuple[ResponseMapper, ...]
    body_format: SubstitutionFormatString | None = None


class StdoutAccessLog(Message, type="envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"):
    log_format: SubstitutionFormatString


class OpenTelemetryConfig(Message, type="envoy.config.trace.v3.OpenTelemetryConfig"):
    http_service: HttpService
    service_name: str


class CustomTag(Message):
    tag: str
    value: str


class Tracing(Message):
    provider: TypedExtension
    custom_tags: tuple[CustomTag, ...]
    spawn_upstream_span: bool


class KeyMatch(Message):
    key_matcher: StringMatcher


class HeaderMutation(Message):
    remove_on_match: KeyMatch


class EarlyHeaderMutation(
    Message,
    type="envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
):
    mutations: tuple[HeaderMutation, ...]


class CidrRange(Message):
    address_prefix: str
    prefix_len: int


class InternalAddressConfig(Message):
    unix_sockets: bool | None = None
    cidr_ranges: tuple[CidrRange, ...] = ()


class CommonHttpOptions(Message):
    idle_timeout: str
    headers_with_underscores_action: Literal["REJECT_REQUEST"]
    max_headers_count: int


class Http2Options(Message):
    max_concurrent_streams: int
    initial_stream_window_size: int
    initial_connection_window_size: int


class HttpConnectionManager(
    Message, type="envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
):
    stat_prefix: str
    route_config: RouteConfiguration
    http_filters: tuple[HttpFilter, ...]
    access_log: tuple[AccessLog, ...]
    local_reply_config: LocalReplyConfig
    early_header_mutation_extensions: tuple[TypedExtension, ...]
    common_http_protocol_options: CommonHttpOptions
    http2_protocol_options: Http2Options
    use_remote_address: bool
    xff_num_trusted_hops: int = 0
    internal_address_config: InternalAddressConfig
    normalize_path: bool
    merge_slashes: bool
    path_with_escaped_slashes_action: Literal["REJECT_REQUEST"]
    strip_any_host_port: bool
    max_request_headers_kb: int
    request_headers_timeout: str
    request_timeout: str
    stream_idle_timeout: str
    always_set_request_id_in_response: bool
    server_name: str
    tracing: Tracing | None = None
