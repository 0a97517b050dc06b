"""Access tokens of an OpenID Connect provider: verified in Envoy against the key set that the agent fetched.

jwt_authn writes a claim that is a list into its header as base64 of JSON, which the kit reads; the gateway's own rule
for roles looks into the verified token itself. An ID token or a refresh token (Keycloak says so in the claim `typ`) is
refused: each is for the client that signed the user in, and not for an API.
"""

from collections.abc import Iterator
from typing import cast

from stead.gateway.agent.plan import Algorithm, KeySet
from stead.gateway.deployment import Deployment
from stead.gateway.envoy.core import DataSource
from stead.gateway.envoy.http import JwtCacheConfig, JwtClaimToHeader, JwtHeader, JwtProvider
from stead.gateway.envoy.matcher import exact_matcher, regex
from stead.gateway.envoy.rbac import all_of
from stead.gateway.problem import GatewayError
from stead.gateway.providers.clerk import LONGEST_TOKEN, REMEMBERED, SKEW
from stead.gateway.providers.provider_config import (
    HEADER,
    PAYLOAD,
    SESSION_ID,
    TENANT_IDS,
    USER_ACTOR,
    USER_ID,
    USER_ROLES,
    ProviderConfig,
    absent,
    claim_is,
    not_,
)
from stead.model import Gateway, Oidc
from stead.model.user_id import BYTES

NOT_FOR_AN_API = ("ID", "Refresh", "Offline")


def keys(provider: Oidc, _gateway: Gateway) -> KeySet:
    algorithm = cast("Algorithm", provider.algorithm)  # the validation of the description allows no other
    return KeySet(provider.name, url=provider.setting_name("JWKS_URL"), algorithm=algorithm, discovery=True)


def trusted(provider: Oidc, deployment: Deployment) -> ProviderConfig:
    setting = provider.setting_name("ISSUER")
    issuer = deployment.values.get(setting) or provider.issuer
    if not issuer:
        raise GatewayError(f"{setting} has no value: the gateway cannot decide which tokens to accept")
    others = (not_(claim_is("typ", exact_matcher(kind))) for kind in NOT_FOR_AN_API)
    return ProviderConfig(
        name=provider.name,
        jwt=_jwt(provider, deployment, issuer),
        conditions=all_of(absent(HEADER, "crit"), *others),
        method=provider.name,
        roles=tuple(provider.roles_claim.split(".")),
    )


def _jwt(provider: Oidc, deployment: Deployment, issuer: str) -> JwtProvider:
    return JwtProvider(
        issuer=issuer,
        audiences=(deployment.values.get(provider.setting_name("AUDIENCE")) or provider.audience,),
        subjects=regex(BYTES),
        require_expiration=True,
        clock_skew_seconds=SKEW,
        local_jwks=DataSource(filename=deployment.key_file(provider.name)),
        from_headers=tuple(JwtHeader(name="authorization", value_prefix=f"{word} ") for word in ("Bearer", "bearer")),
        claim_to_headers=tuple(_headers(provider)),
        payload_in_metadata=PAYLOAD,
        header_in_metadata=HEADER,
        jwt_cache_config=JwtCacheConfig(jwt_cache_size=REMEMBERED, jwt_max_token_size=LONGEST_TOKEN),
    )


def _headers(provider: Oidc) -> Iterator[JwtClaimToHeader]:
    yield JwtClaimToHeader(header_name=USER_ID, claim_name="sub")
    yield JwtClaimToHeader(header_name=SESSION_ID, claim_name="sid")
    yield JwtClaimToHeader(header_name=USER_ROLES, claim_name=provider.roles_claim)
    yield JwtClaimToHeader(header_name=USER_ACTOR, claim_name="act.sub")
    if provider.tenants_claim:
        yield JwtClaimToHeader(header_name=TENANT_IDS, claim_name=provider.tenants_claim)
