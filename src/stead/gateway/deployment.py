"""Deployment: the environment-specific values of a gateway: addresses, folders, settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stead.model.request_limits import MAX_BODY

MEBIBYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class Socket:
    """A host (a name or an IP address) and a port."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class UnixSocket:
    """A socket in the file system."""

    path: str


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment of a gateway. A target (this machine, Compose, Kubernetes) creates it; there are no defaults.

    listen        where requests come in
    admin         where Envoy answers its operator; None: nowhere
    upstreams     per service, by its name; a fronted service that is not here answers 503
    folder        where the agent's files are, as Envoy sees them
    values        of the gateway's settings, by name; never a secret's: those are the agent's alone
    collector     an OTLP/HTTP collector's URL, such as http://collector:4318; None: no traces
    trusted_hops  proxies in front that append to X-Forwarded-For and may be believed
    max_heap      bytes at which the gateway stops taking requests
    """

    environment: str
    version: str
    listen: Socket
    upstreams: Mapping[str, Socket]
    folder: str
    admin: Socket | UnixSocket | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    collector: str | None = None
    trusted_hops: int = 0
    max_body: int = MAX_BODY
    max_heap: int = 512 * MEBIBYTE
    max_connections: int = 10_000

    def token_file(self, service: str) -> str:
        return f"{self.folder}/tokens/{service}.json"

    @property
    def verification_file(self) -> str:
        """How tokens of users are verified: the configuration of a filter, written again with every key set."""
        return f"{self.folder}/keys/verification.json"

    def key_file(self, provider: str) -> str:
        return f"{self.folder}/keys/{provider}.json"
