"""A stand-in for Clerk: signs webhooks as Svix does and mints session tokens of Clerk's shape.

Clerk cannot run here, so this is built from its published contract: "Session tokens" and "Sync Clerk data with
webhooks" in Clerk's documentation, and the Standard Webhooks specification that Svix implements. It is made of a real
RSA key and a real webhook secret: what accepts this stand-in does the whole verification.
"""

import base64
import json
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from standardwebhooks import Webhook

SESSION_SECONDS = 60  # how long a session token of Clerk's lives


def new_webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def sign(secret: str, body: bytes, *, id: str = "", at: float | None = None, prefix: str = "svix") -> dict[str, str]:
    """Return the three headers that Svix would send with this body."""
    message = id or f"msg_{secrets.token_hex(14)}"
    moment = datetime.fromtimestamp(int(time.time() if at is None else at), UTC)
    signature = Webhook(secret).sign(message, moment, body.decode())
    return {
        f"{prefix}-id": message,
        f"{prefix}-timestamp": str(int(moment.timestamp())),
        f"{prefix}-signature": signature,
        "content-type": "application/json",
    }


def user(
    id: str, *, email: str = "", first_name: str = "", last_name: str = "", at: float | None = None, **more: Any
) -> dict[str, Any]:
    """Return a User object as webhooks carry it; `at` is its `updated_at` in seconds."""
    milliseconds = int((time.time() if at is None else at) * 1000)
    address = {"id": f"idn_{id}", "object": "email_address", "email_address": email, "linked_to": []}
    return {
        "id": id,
        "object": "user",
        "first_name": first_name or None,
        "last_name": last_name or None,
        "email_addresses": [address] if email else [],
        "primary_email_address_id": address["id"] if email else None,
        "public_metadata": {},
        "private_metadata": {},
        "unsafe_metadata": {},
        "created_at": milliseconds,
        "updated_at": milliseconds,
        **more,
    }


def event(type: str, data: Mapping[str, Any]) -> bytes:
    """Return the body of a webhook."""
    envelope = {"object": "event", "type": type, "data": data, "timestamp": int(time.time() * 1000)}
    return json.dumps({**envelope, "instance_id": "ins_stand_in"}).encode()


class StandInClerk:
    """One Clerk instance: an issuer, an RS256 key with its key set, and a webhook secret."""

    def __init__(
        self,
        issuer: str = "https://clerk.stand-in.test",
        *,
        webhook_secret: str = "",
        key: rsa.RSAPrivateKey | None = None,
        kid: str = "ins_stand_in",
    ) -> None:
        self.issuer = issuer
        self.webhook_secret = webhook_secret or new_webhook_secret()
        self.key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = kid

    def key_set(self) -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256", "key_ops": ["verify"]}]}

    def write_key_set(self, folder: Path) -> str:
        """Write the key set into a folder and return its file: URL."""
        file = folder / "jwks.json"
        file.write_text(json.dumps(self.key_set()))
        return file.as_uri()

    def claims(self, user_id: str, *, at: float | None = None, **more: Any) -> dict[str, Any]:
        """Return the claims of a session token; a claim given as None is left out."""
        now = int(time.time() if at is None else at)
        usual = {
            "iss": self.issuer,
            "sub": user_id,
            "sid": f"sess_{user_id}",
            "iat": now,
            "nbf": now - 10,
            "exp": now + SESSION_SECONDS,
            "v": 2,
        }
        return {name: value for name, value in {**usual, **more}.items() if value is not None}

    def session(
        self, user_id: str, *, at: float | None = None, headers: Mapping[str, Any] | None = None, **claims: Any
    ) -> str:
        """Mint a session token."""
        header = {"kid": self.kid, "cat": "cl_B7d4PD111AAA", **(headers or {})}
        return jwt.encode(self.claims(user_id, at=at, **claims), self.key, algorithm="RS256", headers=header)

    def webhook(
        self, type: str, data: Mapping[str, Any], *, id: str = "", at: float | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of a signed webhook."""
        body = event(type, data)
        return body, sign(self.webhook_secret, body, id=id, at=at)

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the settings of a service that trusts this instance; the key set is written into the folder."""
        return {
            "CLERK_ISSUER": self.issuer,
            "CLERK_JWKS_URL": self.write_key_set(folder),
            "CLERK_WEBHOOK_SECRET": self.webhook_secret,
        }
