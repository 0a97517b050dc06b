"""Backend → what its gateway's keeper keeps."""

from collections.abc import Iterator

from stead.gateway.keeper.plan import KeySet, Plan, Token
from stead.gateway.problem import GatewayError
from stead.gateway.providers import renderer
from stead.model import Backend, Gateway


def plan(backend: Backend) -> Plan:
    """Return the keeper's plan; GatewayError when the backend has no gateway."""
    if backend.gateway is None:
        raise GatewayError(f"{backend.where}: the backend {backend.name} has no gateway")
    return Plan(backend.gateway.name, tuple(_tokens(backend.gateway)), tuple(_key_sets(backend.gateway)))


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
            yield keys
