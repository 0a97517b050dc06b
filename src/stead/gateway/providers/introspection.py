"""Opaque credentials: the issuing service looks each one up.

Only credentials of the right form are looked up. A timeout or a failure gives 503: an outage of the verifier does not
invalidate the credential.
"""

import re

from stead.gateway.deployment import Deployment
from stead.gateway.envoy.core import HttpUri
from stead.gateway.envoy.http import AuthorizationResponse, AuthorizationService, ExtAuthz, HttpStatus
from stead.gateway.envoy.matcher import (
    HeaderMatcher,
    ListStringMatcher,
    exact_matcher,
    regex,
)
from stead.gateway.envoy.rbac import Principal
from stead.gateway.providers.provider_config import (
    AUTH_METHOD,
    SESSION_ID,
    USER_ID,
    USER_ROLES,
    USER_SCOPES,
    IntrospectionEndpoint,
    ProviderConfig,
)
from stead.model import Introspection

TIMEOUT = "2s"
ANSWERED = (USER_ID, SESSION_ID, USER_ROLES, USER_SCOPES, AUTH_METHOD)


def trusted(provider: Introspection, _: Deployment) -> ProviderConfig:
    name = f"{provider.service.name}:{provider.prefix}"
    pattern = f"[Bb]earer {re.escape(provider.prefix)}[A-Za-z0-9_~+/=-]+"  # no dot, no comma, no space
    return ProviderConfig(
        name=name,
        introspection=IntrospectionEndpoint(f"bearer {provider.prefix}", pattern, _ext_authz(provider)),
        conditions=Principal(header=HeaderMatcher(name=AUTH_METHOD, string_match=regex(".+"))),
    )


def _ext_authz(provider: Introspection) -> ExtAuthz:
    service = provider.service.name
    return ExtAuthz(
        stat_prefix=service,
        http_service=AuthorizationService(
            server_uri=HttpUri(uri=f"http://{service}", cluster=service, timeout=TIMEOUT),
            path_override=provider.path,
            authorization_response=AuthorizationResponse(
                allowed_upstream_headers=ListStringMatcher(
                    patterns=tuple(exact_matcher(header) for header in ANSWERED)
                ),
                allowed_client_headers=ListStringMatcher(patterns=(exact_matcher("retry-after"),)),
            ),
        ),
        allowed_headers=ListStringMatcher(patterns=(exact_matcher("x-request-id"), exact_matcher("traceparent"))),
        status_on_error=HttpStatus(code="ServiceUnavailable"),
        validate_mutations=True,
        transport_api_version="V3",
    )
