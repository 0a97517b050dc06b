"""Clerk session tokens: verified in Envoy against the key set that the agent fetched.

The same configuration serves RS256 and HS256: the agent writes either Clerk's public keys or the shared secret into
the key file, each key with its one algorithm, so that a token's own header never chooses. Claims that jwt_authn does
not check (`azp`, `sts`, `sid`, `crit`) are checked in the verified token afterwards.
"""

from collections.abc import Iterator

from stead.gateway.agent.plan import KeySet
from stead.gateway.deployment import Deployment
from stead.gateway.envoy.core import DataSource
from stead.gateway.envoy.http import JwtCacheConfig, JwtClaimToHeader, JwtHeader, JwtProvider
from stead.gateway.envoy.matcher import HeaderMatcher, exact_matcher, regex
from stead.gateway.envoy.rbac import Principal, all_of, any_of
from stead.gateway.problem import GatewayError
from stead.gateway.providers.provider_config import (
    HEADER,
    PAYLOAD,
    SESSION_ID,
    USER_ACTOR,
    USER_ID,
    USER_ROLES,
    ProviderConfig,
    absent,
    claim_is,
    not_,
)
from stead.model import Clerk, Gateway
from stead.model.user_id import BYTES

NAME = "clerk"
SKEW = 5  # seconds
REMEMBERED = 10_000  # verified tokens; each is about 2 KiB
LONGEST_TOKEN = 8192


def keys(_provider: Clerk, _gateway: Gateway) -> KeySet:
    return KeySet(NAME, url="CLERK_JWKS_URL", secret="CLERK_JWT_SECRET")  # noqa: S106 - the name of a setting


def trusted(provider: Clerk, deployment: Deployment) -> ProviderConfig:
    issuer = deployment.values.get("CLERK_ISSUER")
    if not issuer:
        raise GatewayError("CLERK_ISSUER has no value: the gateway cannot decide which tokens to accept")
    return ProviderConfig(
        name=NAME,
        jwt=_jwt(provider, deployment, issuer),
        conditions=all_of(*_session_conditions(tuple(deployment.values.get("CLERK_AUTHORIZED_PARTIES", ())))),
        method=NAME,
    )


def _jwt(provider: Clerk, deployment: Deployment, issuer: str) -> JwtProvider:
    return JwtProvider(
        issuer=issuer,
        subjects=regex(BYTES),
        require_expiration=True,
        clock_skew_seconds=SKEW,
        local_jwks=DataSource(filename=deployment.key_file(NAME)),
        # Explicit, since by default a token in ?access_token= is taken too; the scheme is of either case (RFC 9110).
        from_headers=tuple(JwtHeader(name="authorization", value_prefix=f"{word} ") for word in ("Bearer", "bearer")),
        claim_to_headers=(
            JwtClaimToHeader(header_name=USER_ID, claim_name="sub"),
            JwtClaimToHeader(header_name=SESSION_ID, claim_name="sid"),
            JwtClaimToHeader(header_name=USER_ROLES, claim_name=provider.roles_claim),
            JwtClaimToHeader(header_name=USER_ACTOR, claim_name="act.sub"),
        ),
        payload_in_metadata=PAYLOAD,
        header_in_metadata=HEADER,
        jwt_cache_config=JwtCacheConfig(jwt_cache_size=REMEMBERED, jwt_max_token_size=LONGEST_TOKEN),
    )


def _session_conditions(parties: tuple[str, ...]) -> Iterator[Principal]:
    yield Principal(header=HeaderMatcher(name=SESSION_ID, string_match=regex(BYTES)))  # a template's tokens have none
    yield not_(claim_is("sts", exact_matcher("pending")))
    yield absent(HEADER, "crit")
    if parties:
        yield any_of(absent(PAYLOAD, "azp"), *(claim_is("azp", exact_matcher(party)) for party in parties))
