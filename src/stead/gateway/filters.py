"""The filters of a request, in order: cors, rate limit, credentials, the guard, the body, the router.

Every filter runs unless a route disables it, so that a forgotten route is refused. A route disables the filters that it
does not need, since each costs microseconds.
"""

from collections.abc import Iterable, Iterator, Sequence

from stead.gateway.deployment import Deployment
from stead.gateway.envoy.core import ConfigSource, PathConfigSource, overwrite
from stead.gateway.envoy.http import (
    Abort,
    Buffer,
    BufferPerRoute,
    Cors,
    DescriptorEntry,
    ExtensionConfigSource,
    Fault,
    HttpFilter,
    JwtAuthentication,
    JwtProvider,
    JwtRequirement,
    LocalRateLimit,
    LocalRateLimitDescriptor,
    PathPrefix,
    Percentage,
    PlainBuffer,
    ProviderName,
    RateLimit,
    RateLimitAction,
    RemoteAddress,
    RequirementOrList,
    RequirementRule,
    Router,
    RuntimeFractionalPercent,
    TokenBucket,
)
from stead.gateway.envoy.matcher import HeaderMatcher, StringMatcher, exact_matcher, regex
from stead.gateway.envoy.message import Message
from stead.gateway.envoy.rbac import Principal, Rbac, Rules, all_of, allow
from stead.gateway.envoy.response import instead
from stead.gateway.providers.provider_config import (
    AUTH_METHOD,
    USER_ACTOR,
    USER_ID,
    USER_ROLES,
    ProviderConfig,
    claim_is,
    not_,
)
from stead.model import AnyService, Gateway, Rate
from stead.model.user_id import BYTES, NOT_BYTES

CORS = "envoy.filters.http.cors"
RATE = "envoy.filters.http.local_ratelimit"
JWT = "envoy.filters.http.jwt_authn"
GUARD = "envoy.filters.http.rbac"
GUARD_NOTES = "guard_"
ROLES = "roles"
BUFFER = "envoy.filters.http.buffer"
FAILURE = "envoy.filters.http.custom_response"
ROUTER = "envoy.filters.http.router"

# One bearer token: two headers would arrive as one, joined by a comma. A pattern for the whole token would say more and
# cost each request 6 µs, half of what verification costs; verification itself refuses whatever is not a token.
ONE_TOKEN = (
    HeaderMatcher(name="authorization", string_match=StringMatcher(prefix="bearer ", ignore_case=True)),
    HeaderMatcher(name="authorization", string_match=StringMatcher(contains=","), invert_match=True),
)
CLAIMED = (USER_ROLES, USER_ACTOR, AUTH_METHOD)
CONTROL = regex(r"(?s:.*)[\x00-\x08\x0a-\x1f\x7f](?s:.*)")
CLIENTS = 10_000  # clients whose rates are kept at the same time
DENY_ALL = Rules(action="ALLOW", policies={})
ALWAYS = RuntimeFractionalPercent(default_value=Percentage(numerator=100))


def filters(
    gateway: Gateway, trusted_providers: Sequence[ProviderConfig], deployment: Deployment
) -> tuple[HttpFilter, ...]:
    cors = (HttpFilter(name=CORS, typed_config=Cors()),) if gateway.cors.origins else ()
    return (
        *cors,
        HttpFilter(name=RATE, typed_config=_rate(gateway.rate)),
        *_credentials(trusted_providers, deployment),
        HttpFilter(name=GUARD, typed_config=_guard(trusted_providers)),
        HttpFilter(name=ROLES, typed_config=Rbac()),
        HttpFilter(name=BUFFER, typed_config=Buffer(max_request_bytes=deployment.max_body)),
        HttpFilter(name=FAILURE, typed_config=instead(500, 502)),  # a service's own words about its failure stay inside
        HttpFilter(name=ROUTER, typed_config=Router()),
    )


def body_limit(service: AnyService, deployment: Deployment) -> dict[str, Message]:
    """Return a route's body limit, if its service has another limit than the default."""
    most = service.request_limits.body
    return {} if most == deployment.max_body else {BUFFER: BufferPerRoute(buffer=PlainBuffer(max_request_bytes=most))}


def of_users(trusted_providers: Sequence[ProviderConfig]) -> tuple[str, ...]:
    """Return the names of the filters that a public route disables."""
    signed = (JWT,) if any(trusted.jwt for trusted in trusted_providers) else ()
    return (*signed, *(trusted.name for trusted in trusted_providers if trusted.introspection), GUARD, ROLES)


def _credentials(trusted_providers: Sequence[ProviderConfig], deployment: Deployment) -> Iterator[HttpFilter]:
    if any(trusted.jwt for trusted in trusted_providers):
        yield HttpFilter(name=JWT, config_discovery=_found_in(deployment.verification_file))
    for trusted in trusted_providers:
        if trusted.introspection:
            yield HttpFilter(name=trusted.name, typed_config=trusted.introspection.filter)


def _rate(rate: Rate) -> LocalRateLimit:
    """One bucket per remote address; the filter's own bucket is for requests without one, which do not occur."""
    bucket = TokenBucket(max_tokens=rate.burst, tokens_per_fill=rate.per_second, fill_interval="1s")
    return LocalRateLimit(
        stat_prefix="rate",
        token_bucket=bucket,
        filter_enabled=ALWAYS,
        filter_enforced=ALWAYS,
        response_headers_to_add=(overwrite("retry-after", "1"),),
        descriptors=(LocalRateLimitDescriptor(entries=(DescriptorEntry(key="remote_address"),), token_bucket=bucket),),
        rate_limits=(RateLimit(actions=(RateLimitAction(remote_address=RemoteAddress()),)),),
        max_dynamic_descriptors=CLIENTS,
        always_consume_default_token_bucket=False,
    )


def _found_in(file: str) -> ExtensionConfigSource:
    """Read the filter's configuration from a file: jwt_authn itself reads its key files only once."""
    source = ConfigSource(path_config_source=PathConfigSource(path=file), resource_api_version="V3")
    return ExtensionConfigSource(config_source=source, type_urls=(JwtAuthentication.TYPE, Fault.TYPE))


def keys_unavailable() -> Fault:
    """Return the filter while the keys of a provider are unavailable: a signed token may be valid, so 503.

    With 401 every app would sign its user out. A header without a signed token is passed to the other providers.
    """
    signed = HeaderMatcher(name="authorization", string_match=StringMatcher(prefix="bearer eyj", ignore_case=True))
    return Fault(abort=Abort(http_status=503, percentage=Percentage(numerator=100)), headers=(signed,))


def verification(trusted_providers: Sequence[ProviderConfig]) -> JwtAuthentication | None:
    """Return the verification of signed tokens; None without a provider that signs. The agent inserts the keys."""
    if not any(trusted.jwt for trusted in trusted_providers):
        return None
    providers = {trusted.name: trusted.jwt for trusted in trusted_providers if trusted.jwt}
    return JwtAuthentication(
        providers=providers,
        rules=(RequirementRule(match=PathPrefix(prefix="/", headers=ONE_TOKEN), requires=any_provider(providers)),),
        strip_failure_response=True,
    )


def any_provider(providers: Iterable[str]) -> JwtRequirement:
    names = tuple(ProviderName(provider_name=name) for name in providers)
    if len(names) == 1:
        return JwtRequirement(provider_name=names[0].provider_name)
    return JwtRequirement(requires_any=RequirementOrList(requirements=names))


def user_rules(*trusted_providers: ProviderConfig) -> Rules:
    """Return the guard's rules: a user is named by an id, and one of these providers vouches for it.

    A claim is written into its header as it is, and no service would get a header with a control character in it.
    """
    named = Principal(header=HeaderMatcher(name=USER_ID, string_match=regex(BYTES)))
    clean = (not_(Principal(header=HeaderMatcher(name=name, string_match=CONTROL))) for name in CLAIMED)
    others = (not_(Principal(header=HeaderMatcher(name=USER_ID, string_match=regex(form)))) for form in NOT_BYTES)
    named = all_of(named, *others, *clean)
    several = sum(1 for trusted in trusted_providers if trusted.jwt) > 1
    conditions = [
        all_of(named, *_issued(trusted.jwt if several else None), trusted.conditions) for trusted in trusted_providers
    ]
    return allow("provider", *conditions) if conditions else DENY_ALL


def _issued(provider: JwtProvider | None) -> Iterator[Principal]:
    """Distinguish tokens of several issuers; a single issuer was verified with its signature."""
    if provider:
        yield claim_is("iss", exact_matcher(provider.issuer))


def _guard(trusted_providers: Sequence[ProviderConfig]) -> Rbac:
    """The last word on anyone who shows a signed token, or nothing; a route for asked credentials has its own."""
    signed = [trusted for trusted in trusted_providers if trusted.jwt]
    return Rbac(rules=user_rules(*signed), rules_stat_prefix=GUARD_NOTES)
