"""The filters of a request, with their configurations (envoy.extensions.filters.http)."""

from collections.abc import Mapping
from typing import Literal

from stead.gateway.envoy.core import (
    ConfigSource,
    DataSource,
    HeaderValueOption,
    HttpUri,
    SdsSecretConfig,
    TypedExtension,
)
from stead.gateway.envoy.matcher import HeaderMatcher, ListStringMatcher, StringMatcher
from stead.gateway.envoy.message import Message


class ExtensionConfigSource(Message):
    """Where a filter's configuration is found while Envoy runs."""

    config_source: ConfigSource
    type_urls: tuple[str, ...]


class HttpFilter(Message):
    """A filter; its configuration is here, or in a file that may change."""

    name: str
    typed_config: Message | None = None
    config_discovery: ExtensionConfigSource | None = None


class FilterConfig(Message, type="envoy.config.route.v3.FilterConfig"):
    """A route's configuration of a filter: here only to disable it."""

    disabled: bool


class Router(Message, type="envoy.extensions.filters.http.router.v3.Router"):
    suppress_envoy_headers: bool = False
    dynamic_stats: bool | None = None


class Cors(Message, type="envoy.extensions.filters.http.cors.v3.Cors"):
    pass


class CorsPolicy(Message, type="envoy.extensions.filters.http.cors.v3.CorsPolicy"):
    allow_origin_string_match: tuple[StringMatcher, ...]
    allow_methods: str
    allow_headers: str
    expose_headers: str
    max_age: str
    forward_not_matching_preflights: bool


class Percentage(Message):
    numerator: int
    denominator: Literal["HUNDRED", "MILLION"] = "HUNDRED"


class RuntimeFractionalPercent(Message):
    default_value: Percentage


class TokenBucket(Message):
    max_tokens: int
    tokens_per_fill: int
    fill_interval: str


class DescriptorEntry(Message):
    key: str
    value: str = ""


class LocalRateLimitDescriptor(Message):
    entries: tuple[DescriptorEntry, ...]
    token_bucket: TokenBucket


class RemoteAddress(Message):
    pass


class RateLimitAction(Message):
    remote_address: RemoteAddress


class RateLimit(Message):
    actions: tuple[RateLimitAction, ...]


class LocalRateLimit(Message, type="envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"):
    stat_prefix: str
    token_bucket: TokenBucket
    filter_enabled: RuntimeFractionalPercent
    filter_enforced: RuntimeFractionalPercent
    response_headers_to_add: tuple[HeaderValueOption, ...] = ()
    descriptors: tuple[LocalRateLimitDescriptor, ...] = ()
    rate_limits: tuple[RateLimit, ...] = ()
    max_dynamic_descriptors: int | None = None
    always_consume_default_token_bucket: bool | None = None


class JwtHeader(Message):
    name: str
    value_prefix: str


class JwtClaimToHeader(Message):
    header_name: str
    claim_name: str


class JwtCacheConfig(Message):
    jwt_cache_size: int
    jwt_max_token_size: int | None = None


class JwtProvider(Message):
    issuer: str
    local_jwks: DataSource
    from_headers: tuple[JwtHeader, ...]
    claim_to_headers: tuple[JwtClaimToHeader, ...]
    payload_in_metadata: str
    header_in_metadata: str
    audiences: tuple[str, ...] = ()
    subjects: StringMatcher | None = None
    require_expiration: bool
    clock_skew_seconds: int
    jwt_cache_config: JwtCacheConfig
    max_lifetime: str | None = None


class PathPrefix(Message):
    prefix: str
    headers: tuple[HeaderMatcher, ...] = ()


class ProviderName(Message):
    provider_name: str


class RequirementOrList(Message):
    requirements: tuple[ProviderName, ...]


class JwtRequirement(Message):
    provider_name: str | None = None
    requires_any: RequirementOrList | None = None


class RequirementRule(Message):
    match: PathPrefix
    requires: JwtRequirement | None = None


class JwtAuthentication(Message, type="envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication"):
    providers: Mapping[str, JwtProvider]
    rules: tuple[RequirementRule, ...]
    strip_failure_response: bool


class Abort(Message):
    http_status: int
    percentage: Percentage


class Fault(Message, type="envoy.extensions.filters.http.fault.v3.HTTPFault"):
    """Answers in a service's place, where all of these headers are there."""

    abort: Abort
    headers: tuple[HeaderMatcher, ...]


class AuthorizationResponse(Message):
    allowed_upstream_headers: ListStringMatcher
    allowed_client_headers: ListStringMatcher


class AuthorizationService(Message):
    server_uri: HttpUri
    path_override: str
    authorization_response: AuthorizationResponse


class HttpStatus(Message):
    code: str


class ExtAuthz(Message, type="envoy.extensions.filters.http.ext_authz.v3.ExtAuthz"):
    http_service: AuthorizationService
    allowed_headers: ListStringMatcher
    status_on_error: HttpStatus
    stat_prefix: str
    validate_mutations: bool
    transport_api_version: Literal["V3"]
    failure_mode_allow: bool | None = None


class Buffer(Message, type="envoy.extensions.filters.http.buffer.v3.Buffer"):
    max_request_bytes: int


class PlainBuffer(Message):
    """The same message as Buffer; inside BufferPerRoute its type is known, so it must not say it."""

    max_request_bytes: int


class BufferPerRoute(Message, type="envoy.extensions.filters.http.buffer.v3.BufferPerRoute"):
    buffer: PlainBuffer


class CredentialInjector(Message, type="envoy.extensions.filters.http.credential_injector.v3.CredentialInjector"):
    overwrite: bool
    credential: TypedExtension


class Generic(Message, type="envoy.extensions.http.injected_credentials.generic.v3.Generic"):
    """A credential from a secret, put into a header."""

    credential: SdsSecretConfig
    header: str
    header_value_prefix: str
