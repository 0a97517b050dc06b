"""Identity providers and CORS → Oathkeeper's configuration, of the form that its published schema describes.

Errors:
    GatewayError     a provider's setting that has no value, or a key set that Oathkeeper cannot read
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stead.gateway.problem import GatewayError
from stead.model import Backend, Clerk, Gateway, Oidc
from stead.model.identity import DISCOVERY

RULES = "file:///etc/oathkeeper/rules.yaml"
PROXY, API = 4455, 4456
ASKED = ("authorization", "content-type", "idempotency-key", "if-match", "x-request-id")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class _Verified:
    """What Oathkeeper is reported a provider whose tokens are JWTs."""

    issuer: str
    keys: str
    algorithm: str
    audience: str = ""


def configuration(backend: Backend, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the configuration; `values` has the settings that the environment gives the gateway."""
    gateway = backend.gateway
    assert gateway is not None, "the configuration needs a backend with a gateway"
    verified = list(_verified(gateway, values))
    on = {"enabled": True}
    return {
        "log": {"level": "info", "format": "json", "leak_sensitive_values": False},
        "serve": {"proxy": {"port": PROXY, "cors": _cors(gateway)}, "api": {"port": API}},
        "access_rules": {"repositories": [RULES], "matching_strategy": "regexp"},
        "authenticators": {"noop": on, "unauthorized": on} | ({"jwt": on | _jwt(verified)} if verified else {}),
        "authorizers": {"allow": on},
        "mutators": {"noop": on},
        "errors": {"fallback": ["json"], "handlers": {"json": on | {"config": {"verbose": False}}}},
    }


def _verified(gateway: Gateway, values: Mapping[str, str]) -> Iterator[_Verified]:
    for provider in gateway.providers:
        if isinstance(provider, Clerk):
            issuer, keys = (_value(values, name, gateway) for name in ("CLERK_ISSUER", "CLERK_JWKS_URL"))
            yield _Verified(issuer, keys, "RS256")
        elif isinstance(provider, Oidc):
            issuer = provider.issuer or _value(values, provider.setting_name("ISSUER"), gateway)
            keys = provider.keys or _value(values, provider.setting_name("JWKS_URL"), gateway)
            yield _Verified(issuer, keys, provider.algorithm, provider.audience)


def _value(values: Mapping[str, str], name: str, gateway: Gateway) -> str:
    """Return the value of a setting; empty for a discovery document, which Oathkeeper does not support."""
    found = values.get(name, "")
    if not found or found.endswith(DISCOVERY):
        why = "is a discovery document, but Oathkeeper reads only key sets" if found else "has no value"
        raise GatewayError(f"{gateway.where}: {name} {why}: set it in Kubernetes(…, values={{'{name}': 'https://…'}})")
    return found


def _jwt(verified: Sequence[_Verified]) -> dict[str, Any]:
    """Return how tokens are verified: one list of keys for all issuers, since Oathkeeper has one place for them."""
    audiences = [each.audience for each in verified]
    config: dict[str, Any] = {
        "jwks_urls": list(dict.fromkeys(each.keys for each in verified)),
        "trusted_issuers": list(dict.fromkeys(each.issuer for each in verified)),
        "allowed_algorithms": sorted({each.algorithm for each in verified}),
        "scope_strategy": "none",
    }
    if all(audiences):  # a token must have each one of the list: so only the common ones are in it
        config["target_audience"] = list(dict.fromkeys(audiences)) if len(set(audiences)) == 1 else []
    return {"config": {name: value for name, value in config.items() if value}}


def _cors(gateway: Gateway) -> dict[str, Any]:
    if not gateway.cors.origins:
        return {"enabled": False}
    return {
        "enabled": True,
        "allowed_origins": list(gateway.cors.origins),
        "allowed_methods": list(METHODS),
        "allowed_headers": list(ASKED),
        "allow_credentials": False,
        "max_age": 600,
    }
