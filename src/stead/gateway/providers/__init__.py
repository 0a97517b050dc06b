"""Identity providers as Envoy and the agent see them. A new one is one file here and one line in RENDERERS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stead.gateway.agent.plan import KeySet
from stead.gateway.deployment import Deployment
from stead.gateway.problem import GatewayError
from stead.gateway.providers import access, clerk, introspection, oidc
from stead.gateway.providers.provider_config import ProviderConfig
from stead.model import AccessTokens, Clerk, Gateway, IdentityProvider, Introspection, Oidc


@dataclass(frozen=True, slots=True)
class Renderer:
    """The renderer of one kind of provider: Envoy's configuration, and the keys that the agent refreshes."""

    trusted: Callable[[Any, Deployment], ProviderConfig]
    keys: Callable[[Any, Gateway], KeySet] | None = None


RENDERERS: Mapping[type[IdentityProvider], Renderer] = {
    AccessTokens: Renderer(access.trusted, access.keys),
    Clerk: Renderer(clerk.trusted, clerk.keys),
    Introspection: Renderer(introspection.trusted),
    Oidc: Renderer(oidc.trusted, oidc.keys),
}


def trusted_providers(gateway: Gateway, deployment: Deployment) -> tuple[ProviderConfig, ...]:
    """Return the configuration of each of the gateway's providers; GatewayError for an unsupported one."""
    return tuple(renderer(provider).trusted(provider, deployment) for provider in gateway.providers)


def renderer(provider: IdentityProvider) -> Renderer:
    for kind in type(provider).__mro__:
        if kind in RENDERERS:
            return RENDERERS[kind]
    raise GatewayError(f"{provider.where}: the gateway does not support the provider {type(provider).__name__}")
