"""Identity providers as Envoy and the keeper see them. A new one is one file here and one line in RENDERERS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stead.gateway.keeper.plan import KeySet
from stead.gateway.problem import GatewayError
from stead.gateway.providers import access, clerk, introspection
from stead.gateway.providers.vouching import Vouching
from stead.gateway.site import Site
from stead.model import AccessTokens, Clerk, Gateway, IdentityProvider, Introspection


@dataclass(frozen=True, slots=True)
class Renderer:
    """How one kind of provider is rendered: what Envoy is told, and the keys that the keeper keeps for it."""

    vouching: Callable[[Any, Site], Vouching]
    keys: Callable[[Any, Gateway], KeySet] | None = None


RENDERERS: Mapping[type[IdentityProvider], Renderer] = {
    AccessTokens: Renderer(access.vouching, access.keys),
    Clerk: Renderer(clerk.vouching, clerk.keys),
    Introspection: Renderer(introspection.vouching),
}


def vouchings(gateway: Gateway, site: Site) -> tuple[Vouching, ...]:
    """Return how each of the gateway's providers vouches; GatewayError for one that nobody can render."""
    return tuple(renderer(provider).vouching(provider, site) for provider in gateway.providers)


def renderer(provider: IdentityProvider) -> Renderer:
    for kind in type(provider).__mro__:
        if kind in RENDERERS:
            return RENDERERS[kind]
    raise GatewayError(f"{provider.where}: the gateway does not know the provider {type(provider).__name__}")
