"""Admission to a program: a filter verifies the service token, and one rule per route checks its operation.

The rules deny by name (`DENY`, the first match in the order of names), so that the response can name the missing
permission, as a service of the kit does. A route without a rule refuses every request. Envoy has no rule against a
token that is issued in the future; only a declared caller could make one, and it ends when any other would.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stead.gateway.envoy.core import DataSource
from stead.gateway.envoy.http import (
    HttpFilter,
    JwtAuthentication,
    JwtCacheConfig,
    JwtClaimToHeader,
    JwtHeader,
    JwtProvider,
    PathPrefix,
    RequirementRule,
)
from stead.gateway.envoy.matcher import HeaderMatcher, StringMatcher, ValueMatcher, exact_matcher, regex
from stead.gateway.envoy.rbac import (
    Permission,
    Policy,
    Principal,
    Rbac,
    RbacPerRoute,
    RouteRbac,
    Rules,
    all_of,
    any_of,
)
from stead.gateway.filters import any_provider
from stead.gateway.providers.provider_config import (
    AUTH_METHOD,
    HEADER,
    PAYLOAD,
    USER_ID,
    USER_ROLES,
    USER_SCOPES,
    absent,
    claim_is,
    claim_of,
    not_,
)
from stead.gateway.proxy.deployment import Inbound
from stead.model import Route
from stead.model.call import FRONT
from stead.model.refusal import (
    OPERATION_NOT_DECLARED,
    ROLE_MISSING,
    SCOPE_MISSING,
    UNAUTHENTICATED,
    CommonRefusal,
)
from stead.model.user_id import BYTES, NOT_BYTES

JWT = "envoy.filters.http.jwt_authn"
ADMISSION = "envoy.filters.http.rbac"
TOKEN = "x-service-token"  # noqa: S105 - the name of a header
CALLER = "x-service-caller"  # tells the program who calls
LIFE = "300s"
SKEW = 5  # seconds
REMEMBERED = 1_000  # verified tokens
LONGEST_TOKEN = 4_096
REQUIRED = ("iat", "jti")
DENY_ALL = Rules(action="ALLOW", policies={})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request is refused: the name of a rule, and the answer."""

    rule: str
    refusal: CommonRefusal


# The names are in the order in which the rules apply.
TOKEN_INVALID = Reason("1-token", UNAUTHENTICATED)
NOT_DECLARED = Reason("2-operation", OPERATION_NOT_DECLARED)
NO_USER = Reason("3-user", UNAUTHENTICATED)
NO_SCOPE = Reason("4-scope", SCOPE_MISSING)
NO_ROLE = Reason("5-role", ROLE_MISSING)
REASONS = (TOKEN_INVALID, NOT_DECLARED, NO_USER, NO_SCOPE, NO_ROLE)


def verification(inbound: Inbound) -> HttpFilter:
    """Return the filter that verifies service tokens: each caller by its own key, for this service alone."""
    providers = {name: _provider(inbound, name) for name in inbound.callers}
    rule = RequirementRule(match=PathPrefix(prefix="/"), requires=any_provider(providers))
    return HttpFilter(
        name=JWT,
        typed_config=JwtAuthentication(providers=providers, rules=(rule,), strip_failure_response=True),
    )


def admission() -> HttpFilter:
    """Return the filter with each route's rule; by default it denies."""
    return HttpFilter(name=ADMISSION, typed_config=Rbac(rules=DENY_ALL))


def rule_of(route: Route, inbound: Inbound) -> RbacPerRoute:
    """Return a route's conditions for a request with a verified token."""
    refused = dict(_refused(route, inbound))
    policies = {
        reason.rule: Policy(permissions=(Permission(any=True),), principals=(when,)) for reason, when in refused.items()
    }
    return RbacPerRoute(rbac=RouteRbac(rules=Rules(action="DENY", policies=policies), rules_stat_prefix="admission_"))


def _provider(inbound: Inbound, caller: str) -> JwtProvider:
    return JwtProvider(
        issuer=caller,
        audiences=(inbound.service.name,),
        local_jwks=DataSource(inline_string=inbound.keys[caller]),
        from_headers=(JwtHeader(name=TOKEN, value_prefix="Bearer "),),
        claim_to_headers=(JwtClaimToHeader(header_name=CALLER, claim_name="iss"),),
        payload_in_metadata=PAYLOAD,
        header_in_metadata=HEADER,
        require_expiration=True,
        max_lifetime=LIFE,
        clock_skew_seconds=SKEW,
        jwt_cache_config=JwtCacheConfig(jwt_cache_size=REMEMBERED, jwt_max_token_size=LONGEST_TOKEN),
    )


def _refused(route: Route, inbound: Inbound) -> Iterator[tuple[Reason, Principal]]:
    """Yield each reason to refuse, with when it applies."""
    there = (claim_of(PAYLOAD, name, ValueMatcher(present_match=True)) for name in REQUIRED)
    expected = all_of(claim_is("aud", exact_matcher(inbound.service.name)), absent(HEADER, "crit"), *there)
    yield TOKEN_INVALID, not_(expected)
    operation = route.operation if route.access == "service" else FRONT
    yield NOT_DECLARED, _undeclared(operation, inbound.callers)
    if route.access == "user":
        yield NO_USER, not_(all_of(*_is_user()))
        yield NO_SCOPE, _beyond_its_scope(route.scope)
    if route.roles:
        yield NO_ROLE, not_(_header(USER_ROLES, _one_of(route.roles)))


def _undeclared(operation: str, callers: Mapping[str, tuple[str, ...]]) -> Principal:
    granted = [
        all_of(claim_is("iss", exact_matcher(name)), claim_is("scope", _one_of((operation,))))
        for name, operations in callers.items()
        if operation in operations
    ]
    return not_(any_of(*granted)) if granted else Principal(any=True)


def _is_user() -> Iterator[Principal]:
    yield _header(USER_ID, regex(BYTES))
    yield from (not_(_header(USER_ID, regex(form))) for form in NOT_BYTES)


def _beyond_its_scope(scope: str | None) -> Principal:
    """An API token reaches a route by its scope, or by `*`; a route without a scope is beyond all of them."""
    by_token = _header(AUTH_METHOD, exact_matcher("token"))
    return all_of(by_token, not_(_header(USER_SCOPES, _one_of((scope, "*"))))) if scope else by_token


def _header(name: str, value: StringMatcher) -> Principal:
    return Principal(header=HeaderMatcher(name=name, string_match=value))


def _one_of(words: tuple[str, ...]) -> StringMatcher:
    """Match a list of words, separated by blanks, that has one of these."""

    return regex(f"(?:.* )?(?:{'|'.join(re.escape(word) for word in sorted(words))})(?: .*)?")
