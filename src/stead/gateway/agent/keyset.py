"""Key sets (RFC 7517): parse, validate, and write only the parts that Envoy needs.

A malformed key stops Envoy's boot, and a key without `alg` lets the token's header choose. So every key is loaded by
the cryptographic library first, and written with the one algorithm of its provider; unusable keys are left out and
logged.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import get_default_algorithms

SHORTEST_RSA = 2048  # bits
MOST = 64  # keys
WRITTEN = ("kty", "n", "e", "crv", "x", "y")


class UnusableKeySet(ValueError):  # noqa: N818 - it is what a key set is
    """A key set without a usable key; the text has the reason."""


@dataclass(frozen=True, slots=True)
class ParsedKeySet:
    """A key set fit for Envoy, and why some keys of its source are not in it."""

    text: str
    left_out: tuple[str, ...] = ()


def parsed_key_set(text: str | bytes, algorithm: str) -> ParsedKeySet:
    """Return the usable keys of a key set; UnusableKeySet when there is none."""
    try:
        keys = json.loads(text)["keys"]
    except (ValueError, TypeError, KeyError):
        raise UnusableKeySet("it is not a JSON object with keys") from None
    if not isinstance(keys, list) or len(keys) > MOST:
        raise UnusableKeySet(f"its keys are not a list of at most {MOST}")
    usable: list[dict[str, Any]] = []
    left_out: list[str] = []
    for place, key in enumerate(keys):
        try:
            usable.append(_written(key, algorithm))
        except UnusableKeySet as problem:
            left_out.append(f"key {place}: {problem}")
    if not usable:
        raise UnusableKeySet("; ".join(left_out) or "it is empty")
    return ParsedKeySet(_set_of(usable), tuple(left_out))


def shared(secret: str) -> ParsedKeySet:
    """Return the key set of a provider that signs with a shared secret (HS256)."""
    key = base64.urlsafe_b64encode(secret.encode()).rstrip(b"=").decode()
    return ParsedKeySet(_set_of([{"kty": "oct", "alg": "HS256", "k": key}]))


def _set_of(keys: list[dict[str, Any]]) -> str:
    return json.dumps({"keys": keys}, indent=1)


def _written(key: Any, algorithm: str) -> dict[str, Any]:
    if not isinstance(key, dict):
        raise UnusableKeySet("it is not an object")
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        raise UnusableKeySet(f"it is not for signing with {algorithm}")
    name = key.get("kid", "")
    if not isinstance(name, str):
        raise UnusableKeySet("its kid is not text")
    return {"kid": name, "use": "sig", "alg": algorithm} | _public(key, algorithm)


def _public(key: dict[str, Any], algorithm: str) -> dict[str, Any]:
    implementation = get_default_algorithms()[algorithm]
    try:
        loaded = implementation.from_jwk(key)
        public = loaded.public_key() if hasattr(loaded, "public_key") else loaded
        parts = implementation.to_jwk(public, as_dict=True)
    except (jwt.InvalidKeyError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnusableKeySet(f"it is malformed ({type(error).__name__})") from None
    if isinstance(public, RSAPublicKey) and public.key_size < SHORTEST_RSA:
        raise UnusableKeySet(f"it has {public.key_size} bits, fewer than {SHORTEST_RSA}")
    return {part: parts[part] for part in WRITTEN if part in parts}
