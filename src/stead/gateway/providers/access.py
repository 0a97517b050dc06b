"""Access tokens that a service of the backend issues: verified in Envoy against the keys that the service publishes.

The gateway sends no request for the verification. A token lives for about a minute; until then it is valid after the
end of its session.
"""

from stead.gateway.agent.plan import KeySet
from stead.gateway.deployment import Deployment
from stead.gateway.envoy.core import DataSource
from stead.gateway.envoy.http import JwtCacheConfig, JwtClaimToHeader, JwtHeader, JwtProvider
from stead.gateway.envoy.matcher import regex
from stead.gateway.envoy.rbac import all_of
from stead.gateway.providers.clerk import LONGEST_TOKEN, REMEMBERED, SKEW
from stead.gateway.providers.provider_config import (
    AUTH_METHOD,
    HEADER,
    PAYLOAD,
    SESSION_ID,
    USER_ID,
    USER_ROLES,
    ProviderConfig,
    absent,
    claim_is,
)
from stead.model import AccessTokens, Gateway
from stead.model.user_id import BYTES
from stead.model.wiring import url_setting

AUDIENCE = "ACCESS_TOKEN_AUDIENCE"


def keys(provider: AccessTokens, gateway: Gateway) -> KeySet:
    service = provider.service
    return KeySet(
        provider=service.name,
        url=url_setting(gateway, service).name,
        algorithm="ES256",
        path=provider.keys,
        audience=service.name,
        operation=provider.operation,
    )


def trusted(provider: AccessTokens, deployment: Deployment) -> ProviderConfig:
    issuer = provider.service.name
    conditions = all_of(
        claim_is("sid", regex(BYTES)),
        claim_is("auth_method", regex(".+")),
        absent(HEADER, "crit"),
    )
    return ProviderConfig(name=issuer, jwt=_jwt(provider, deployment, issuer), conditions=conditions)


def _jwt(provider: AccessTokens, deployment: Deployment, issuer: str) -> JwtProvider:
    audience = deployment.values.get(AUDIENCE) or provider.settings[0].default
    return JwtProvider(
        issuer=issuer,
        audiences=(audience,),
        subjects=regex(BYTES),
        require_expiration=True,
        clock_skew_seconds=SKEW,
        local_jwks=DataSource(filename=deployment.key_file(issuer)),
        from_headers=tuple(JwtHeader(name="authorization", value_prefix=f"{word} ") for word in ("Bearer", "bearer")),
        claim_to_headers=(
            JwtClaimToHeader(header_name=USER_ID, claim_name="sub"),
            JwtClaimToHeader(header_name=SESSION_ID, claim_name="sid"),
            JwtClaimToHeader(header_name=USER_ROLES, claim_name="roles"),
            JwtClaimToHeader(header_name=AUTH_METHOD, claim_name="auth_method"),
        ),
        payload_in_metadata=PAYLOAD,
        header_in_metadata=HEADER,
        jwt_cache_config=JwtCacheConfig(jwt_cache_size=REMEMBERED, jwt_max_token_size=LONGEST_TOKEN),
    )
