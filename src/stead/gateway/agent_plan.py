"""Derive the agent's plan from the description."""

from collections.abc import Iterator

from stead.gateway.agent.plan import KeySet, Plan, Token
from stead.gateway.deployment import Deployment
from stead.gateway.envoy.message import plain
from stead.gateway.filters import keys_unavailable, verification
from stead.gateway.problem import GatewayError
from stead.gateway.providers import renderer, trusted_providers
from stead.model import Backend, Gateway


def plan(backend: Backend, deployment: Deployment) -> Plan:
    """Return the agent's plan; GatewayError when the backend has no gateway."""
    gateway = backend.gateway
    if gateway is None:
        raise GatewayError(f"{backend.where}: the backend {backend.name} has no gateway")
    how = verification(trusted_providers(gateway, deployment))
    tokens, key_sets = tuple(_tokens(gateway)), tuple(_key_sets(gateway))
    return Plan(gateway.name, tokens, key_sets, plain(how) if how else None, plain(keys_unavailable()))


def _tokens(gateway: Gateway) -> Iterator[Token]:
    operations: dict[str, set[str]] = {}
    for call in gateway.calls:
        operations.setdefault(call.callee.name, set()).update(call.operations)
    for name in sorted(operations):
        yield Token(name, tuple(sorted(operations[name])))


def _key_sets(gateway: Gateway) -> Iterator[KeySet]:
    for provider in gateway.providers:
        keys = renderer(provider).keys
        if keys:
            yield keys(provider, gateway)
