"""Secrets from HashiCorp Vault's KV engine, version 2, by token or by Kubernetes auth.

hvac asks in a thread: it knows no event loop. A token of Kubernetes auth ends by itself, so one refusal is answered by
one new login; a second refusal is the answer.

Source: Vault's HTTP API, "KV secrets engine - version 2" and "Kubernetes auth method".
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stead.services.secrets.source import Snapshot, SourceError

TIMEOUT = 2  # seconds that Vault may take


@dataclass(frozen=True, slots=True)
class Address:
    """Where in Vault the secrets are, and how to get in. `path` has `/data/` after the mount, as the API writes it."""

    url: str
    path: str
    token: str | None = field(default=None, repr=False)
    role: str | None = None
    auth_mount: str = "kubernetes"
    jwt_file: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


class VaultSource:
    """One KV v2 secret, whose members are the keys."""

    def __init__(self, address: Address) -> None:
        import hvac  # an optional dependency, for those who use Vault

        self._address = address
        self._mount, _, self._path = address.path.strip("/").partition("/data/")
        self._client: Any = hvac.Client(url=address.url, token=address.token, timeout=TIMEOUT)
        self._errors: Any = hvac.exceptions

    async def load(self) -> Snapshot:
        return await asyncio.to_thread(self._load)

    def _load(self) -> Snapshot:
        try:
            return self._read() if self._client.token else self._login_and_read()
        except self._errors.Forbidden:
            if not self._address.role:
                raise SourceError("vault refuses the token") from None
        except (self._errors.VaultError, OSError) as error:
            raise SourceError(f"vault cannot be asked: {type(error).__name__}") from None
        return self._again()

    def _again(self) -> Snapshot:
        try:
            return self._login_and_read()
        except (self._errors.VaultError, OSError) as error:
            raise SourceError(f"vault refuses a new login: {type(error).__name__}") from None

    def _login_and_read(self) -> Snapshot:
        if not self._address.role:
            raise SourceError("vault needs a token or a role")
        jwt = self._address.jwt_file.read_text().strip()
        self._client.auth.kubernetes.login(role=self._address.role, jwt=jwt, mount_point=self._address.auth_mount)
        return self._read()

    def _read(self) -> Snapshot:
        answer = self._client.secrets.kv.v2.read_secret_version(
            path=self._path, mount_point=self._mount, raise_on_deleted_version=True
        )
        data, version = answer["data"]["data"], answer["data"]["metadata"]["version"]
        return Snapshot({key: value for key, value in data.items() if isinstance(value, str)}, str(version))
