"""Clients of Vault and of the API server for a Job in the cluster, with the tokens of its Pod."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stead.model import SteadError
from stead.ops.cluster.http import RefusedError, Server

TOKENS = Path("/run/secrets/tokens")  # as the manifests mount them
SEALED = 503
APPLY = "application/apply-patch+yaml"
OWNER = "stead"  # the field manager of what is applied


def vault(environ: Mapping[str, str], tokens: Path = TOKENS) -> Server:
    """Log in to Vault with the role that the environment names; SteadError with the remedy."""
    address, role, auth = (required_variable(environ, name) for name in ("VAULT_ADDR", "VAULT_ROLE", "VAULT_AUTH"))
    nobody = Server("Vault", address, {})
    try:
        answer = nobody.ask("POST", f"/v1/auth/{auth}/login", {"role": role, "jwt": _read(tokens / "vault")})
    except RefusedError as error:
        raise SteadError(f"{error}; {_fix(error.status, role, auth)}") from error
    return Server("Vault", address, {"X-Vault-Token": answer["auth"]["client_token"]})


def _fix(status: int, role: str, auth: str) -> str:
    if status == SEALED:
        return "unseal it, and run the sync again"
    if status == 0:
        return "check that it runs, and that the network policy of this Job allows the connection"
    return f"the role {role} of auth/{auth} must be bound to this account, its namespace and the token's audience"


def api_server(environ: Mapping[str, str], tokens: Path = TOKENS) -> Server:
    """Return a client of the cluster's API server, with this Pod's account."""
    host, port = (
        required_variable(environ, "KUBERNETES_SERVICE_HOST"),
        required_variable(environ, "KUBERNETES_SERVICE_PORT"),
    )
    shown = f"[{host}]" if ":" in host else host
    trust = ssl.create_default_context(cafile=str(tokens / "ca.crt"))
    return Server(
        "the API server", f"https://{shown}:{port}", {"Authorization": f"Bearer {_read(tokens / 'kubernetes')}"}, trust
    )


def applied(server: Server, path: str, manifest: Any) -> None:
    """Apply an object on the server's side: fields of other owners stay unchanged."""
    server.ask("PATCH", f"{path}?fieldManager={OWNER}&force=true", manifest, APPLY)


def document(server: Server, path: str) -> dict[str, str]:
    """Return the data of a document of a KV engine, such as `kv/data/registry`."""
    try:
        found: dict[str, str] = server.ask("GET", f"/v1/{path}")["data"]["data"]
    except RefusedError as error:
        if error.status != 404:
            raise
        raise SteadError(f"Vault has no document {path}; write it, and run the sync again") from error
    return found


def required_variable(environ: Mapping[str, str], name: str) -> str:
    """Return a variable; SteadError when it is missing."""
    if not environ.get(name):
        raise SteadError(f"{name} is not set; the Job's manifest sets it")
    return environ[name]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SteadError(
            f"{file} cannot be read: {error.strerror}; the Job's manifest mounts the token there"
        ) from error
