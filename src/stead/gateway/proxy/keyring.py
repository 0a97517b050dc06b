"""A program's keyring, `SERVICE_JWT_KEYS`, as Envoy needs it: a key set for each caller.

With one key set for all of them a caller could sign in another one's name.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from stead.gateway.problem import GatewayError
from stead.model.wiring import KEYRING, PRIVATE_KEY

AGAIN = "stead render --secrets ENVIRONMENT"
_KEY = ("kid", "kty", "crv", "x")


def key_sets(text: str, callers: Iterable[str], secret: str) -> dict[str, str]:
    """Return the key set of each caller, by name; GatewayError, without key material, when one is missing.

    secret  what `SERVICE_JWT_SECRET` holds, which is what the entries of a shared secret stand for
    """
    entries = _entries(text)
    missing = [name for name in callers if name not in entries]
    if missing:
        raise GatewayError(f"{KEYRING.name} has no key of {', '.join(missing)}: create it again: {AGAIN}")
    return {name: json.dumps({"keys": [_jwk(name, each, secret) for each in entries[name]]}) for name in callers}


def _entries(text: str) -> dict[str, list[Mapping[str, Any]]]:
    """Return the keys of each caller: two during a rotation, when Envoy accepts tokens of either."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    try:
        for entry in json.loads(text or '{"keys": []}')["keys"]:
            found.setdefault(entry["kid"], []).append(entry)
    except (ValueError, TypeError, KeyError):
        raise GatewayError(f"{KEYRING.name} is not a JWK set in which each key has a kid: create it: {AGAIN}") from None
    return found


def _jwk(name: str, entry: Mapping[str, Any], secret: str) -> dict[str, str]:
    if entry.get("kty") != "oct":
        return {part: str(entry[part]) for part in _KEY if part in entry}
    if not secret or secret.lstrip().startswith("{"):
        raise GatewayError(f"the key of {name} is a shared secret, which {PRIVATE_KEY.name} does not hold: set it")
    key = base64.urlsafe_b64encode(secret.encode()).rstrip(b"=").decode()
    return {"kid": name, "kty": "oct", "alg": "HS256", "k": key}
