"""The development identity provider: an RS256 key pair in `.stead/`, and session tokens of Clerk's shape.

It is in for the provider on this machine only: no network, no account, and the gateway verifies its tokens exactly
as it verifies real ones.
"""

import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stead.run.state_directory import Folder

ISSUER = "https://identity.stead.test"  # RFC 6761: .test never names a host of the internet
KEY_ID = "stead-development"
PRIVATE = "identity.pem"
PUBLIC = "identity.jwks.json"
BITS = 2048


class Identity:
    """The provider of one backend on this machine."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    @property
    def key_set(self) -> Path:
        """The file of its public keys; made, with the private one, when it is not there."""
        path = self._folder.path / PUBLIC
        if not path.exists() or not self._private.exists():
            self._make()
        return path

    @property
    def key_set_url(self) -> str:
        return self.key_set.as_uri()

    def token(
        self, user: str, roles: Sequence[str] = (), *, seconds: int = 3600, roles_claim: str = "roles", **claims: Any
    ) -> str:
        """Mint a session token; `claims` replace or add to the usual ones."""
        import jwt

        now = int(time.time())
        session = f"sess_{secrets.token_hex(12)}"
        times = {"iat": now, "nbf": now - 5, "exp": now + seconds}
        body: dict[str, Any] = {"iss": ISSUER, "sub": user, "sid": session, "jti": secrets.token_hex(10), **times}
        if roles:
            _put(body, roles_claim.split("."), " ".join(roles))
        assert self.key_set
        return jwt.encode(body | claims, self._private.read_bytes(), algorithm="RS256", headers={"kid": KEY_ID})

    @property
    def _private(self) -> Path:
        return self._folder.path / PRIVATE

    def _make(self) -> None:
        from cryptography.hazmat.primitives import serialization as form
        from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
        from jwt.algorithms import RSAAlgorithm

        private = generate_private_key(65537, BITS)
        pem = private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        public = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        jwk = {"kty": public["kty"], "n": public["n"], "e": public["e"], "use": "sig", "alg": "RS256", "kid": KEY_ID}
        self._folder.write_private(PRIVATE, pem.decode())
        self._folder.write_private(PUBLIC, json.dumps({"keys": [jwk]}))


def _put(claims: dict[str, Any], path: Sequence[str], value: str) -> None:
    """Put a claim where a path of names leads: `realm_access.roles` is in an object."""
    *objects, name = path
    for each in objects:
        claims = claims.setdefault(each, {})
    claims[name] = value
