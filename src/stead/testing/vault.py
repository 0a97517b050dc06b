"""A stand-in for Vault: real HTTP on the loopback, KV v2 and Kubernetes auth, from Vault's published API.

Vault cannot be had from the package index. This answers the paths that hvac asks, checks tokens and roles, counts
versions, and can be sealed or stopped for a test.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from stead.testing.loopback import answering


class StandInVault:
    """One Vault with one KV mount: `secrets` maps a path to the list of its versions."""

    def __init__(self, mount: str = "kv") -> None:
        self.mount = mount
        self.secrets: dict[str, list[dict[str, str]]] = {}
        self.roles: dict[str, str] = {}  # role -> the service account token that it accepts
        self.tokens: set[str] = set()
        self.sealed = False
        self.asked = 0
        self.url = ""

    def put(self, path: str, **values: str) -> None:
        """Write a new version of a secret."""
        self.secrets.setdefault(path, []).append(values)

    def token(self) -> str:
        token = f"hvs.{secrets.token_urlsafe(24)}"
        self.tokens.add(token)
        return token

    @contextmanager
    def running(self) -> Iterator["StandInVault"]:
        """Serve on the loopback for as long as the block lasts."""
        with answering(_handler(self)) as self.url:
            yield self

    def answer(self, method: str, path: str, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked += 1
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if method == "POST" and path.startswith("/v1/auth/") and path.endswith("/login"):
            return self._login(body)
        if token not in self.tokens:
            return 403, {"errors": ["permission denied"]}
        return self._read(path.removeprefix(f"/v1/{self.mount}/data/"))

    def _login(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        jwt = self.roles.get(body.get("role", ""))
        if jwt is None or jwt != body.get("jwt"):
            return 403, {"errors": ["permission denied"]}
        return 200, {"auth": {"client_token": self.token(), "lease_duration": 3600, "renewable": True}}

    def _read(self, path: str) -> tuple[int, dict[str, Any]]:
        versions = self.secrets.get(path)
        if not versions:
            return 404, {"errors": []}
        metadata = {"version": len(versions), "destroyed": False, "deletion_time": "", "custom_metadata": None}
        return 200, {"data": {"data": versions[-1], "metadata": metadata}}


def _handler(vault: StandInVault) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            path = self.path.partition("?")[0]
            status, answer = vault.answer(self.command, path, self.headers.get("X-Vault-Token", ""), body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _reply  # noqa: N815 - the standard library's names

        def log_message(self, format: str, *args: Any) -> None:
            """Keep a test's output to itself."""

    return Handler
