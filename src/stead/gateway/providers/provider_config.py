"""Provider configuration: all that Envoy must know to trust one identity provider, and no more than it may.

A provider either signs tokens, which Envoy verifies by itself (`jwt`), or checks each credential on request
(`introspection`). In both cases a request then has to meet `believed` before it counts as one of this provider's users.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from stead.gateway.envoy.http import ExtAuthz, JwtProvider
from stead.gateway.envoy.matcher import (
    ListMatcher,
    MetadataMatcher,
    PathSegment,
    StringMatcher,
    ValueMatcher,
    exact_matcher,
)
from stead.gateway.envoy.rbac import Principal, noted

JWT_METADATA = "envoy.filters.http.jwt_authn"
PAYLOAD = "jwt"
HEADER = "jwt_header"
USER_ID = "x-user-id"
SESSION_ID = "x-session-id"
USER_ROLES = "x-user-roles"
USER_SCOPES = "x-user-scopes"
USER_ACTOR = "x-user-actor"  # who acts as the user: the `act` claim (RFC 8693) of an impersonation
AUTH_METHOD = "x-auth-method"
TENANT_IDS = "x-tenant-ids"  # the tenants for which the credential is good; without it: all


@dataclass(frozen=True, slots=True)
class IntrospectionEndpoint:
    """A service that looks up credentials of one form.

    prefix   how the whole header starts, whatever its case: the cheap half of the question
    pattern  the shape of the whole header (RE2)
    """

    prefix: str
    pattern: str
    filter: ExtAuthz


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """The configuration of one provider.

    method  what is said in X-Auth-Method, unless the provider's own answer says it
    roles   the path of the claim with the roles, where it may be a list, which a header cannot show to the gateway
    """

    name: str
    conditions: Principal
    jwt: JwtProvider | None = None
    introspection: IntrospectionEndpoint | None = None
    method: str = ""
    roles: tuple[str, ...] = ()


def claim_of(part: str, name: str, value: ValueMatcher, *, invert: bool = False) -> Principal:
    """Check the verified token's payload or header against a value; an absent claim never matches."""
    path = (PathSegment(key=part), PathSegment(key=name))
    return noted(MetadataMatcher(filter=JWT_METADATA, path=path, value=value, invert=invert))


def claim_is(name: str, expected: StringMatcher) -> Principal:
    return claim_of(PAYLOAD, name, ValueMatcher(string_match=expected))


def claim_has(path: Sequence[str], word: str) -> Principal:
    """Hold that a claim of the verified token is a list with this word in it."""
    segments = tuple(PathSegment(key=part) for part in (PAYLOAD, *path))
    value = ValueMatcher(list_match=ListMatcher(one_of=ValueMatcher(string_match=exact_matcher(word))))
    return noted(MetadataMatcher(filter=JWT_METADATA, path=segments, value=value))


def absent(part: str, name: str) -> Principal:
    return claim_of(part, name, ValueMatcher(present_match=True), invert=True)


def not_(condition: Principal) -> Principal:
    return Principal(not_id=condition)
