"""The gateway's service tokens: short-lived JWTs (RFC 7519), one for each service.

The kit mints them for services, but the gateway may not import the kit. A test verifies these tokens with the kit's
keyring.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt

from stead.gateway.agent.plan import Token

LIFE = 300  # seconds
SHORTEST_SECRET = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    algorithm: str
    material: Any = field(repr=False)


def signing_key(text: str) -> SigningKey:
    """Read `SERVICE_JWT_SECRET`: an Ed25519 private JWK or a shared secret; ValueError, without the key, if neither."""
    if not text.lstrip().startswith("{"):
        if len(text.encode()) < SHORTEST_SECRET:
            raise ValueError(f"a shared secret needs at least {SHORTEST_SECRET} bytes")
        return SigningKey("HS256", text.encode())
    try:
        jwk = json.loads(text)
        if jwk["crv"] == "Ed25519" and jwk["d"]:
            return SigningKey("EdDSA", jwt.PyJWK(jwk, "EdDSA").key)
    except (KeyError, TypeError, ValueError, jwt.PyJWTError):
        pass
    raise ValueError("it is not an Ed25519 private JWK")


def minted(key: SigningKey, issuer: str, token: Token, now: float) -> str:
    """Return a token of the issuer for operations of the audience."""
    claims = {
        "iss": issuer,
        "aud": token.audience,
        "scope": " ".join(sorted(token.operations)),
        "iat": int(now),
        "exp": int(now) + LIFE,
        "jti": uuid4().hex,
    }
    return jwt.encode(claims, key.material, key.algorithm, headers={"kid": issuer})


def secret_file(token: Token, value: str) -> str:
    """Return the file from which Envoy's secret discovery reads a token."""
    secret = {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
        "name": token.audience,
        "generic_secret": {"secret": {"inline_string": value}},
    }
    return json.dumps({"resources": [secret]})
