"""The environment-specific values of a proxy: addresses, keys, a folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stead.gateway.deployment import MEBIBYTE, Socket, UnixSocket
from stead.model import AnyService
from stead.model.request_limits import MAX_BODY


@dataclass(frozen=True, slots=True)
class Inbound:
    """One program that is called.

    listen   where its callers reach it
    program  where the program itself listens
    keys     per caller, its public key as a JWK set; what each may do is `callers`
    callers  per caller, the operations that its calls are granted
    """

    service: AnyService
    listen: Socket
    program: Socket
    callers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Outbound:
    """One declared call of a program: the program sends it to `listen`, and the proxy to the callee.

    operations  what the token of the call is for
    timeout     seconds that the callee's slowest granted route may take
    streams     whether one of the granted routes is a stream, which has no end
    grpc        whether the callee answers gRPC
    signs       whether the program signs by itself, so that its own token is passed on
    """

    caller: str
    callee: str
    listen: Socket
    at: Socket
    operations: tuple[str, ...]
    timeout: float
    streams: bool = False
    grpc: bool = False
    signs: bool = False

    @property
    def name(self) -> str:
        return f"{self.caller} to {self.callee}"


@dataclass(frozen=True, kw_only=True)
class ProxyDeployment:
    """One deployment of a proxy.

    folder   where the agent's tokens are, as Envoy sees it
    admin    where Envoy answers its operator; None: nowhere
    sources  the networks (CIDR) from which outgoing calls are accepted; empty: from wherever the listener is reached
    """

    name: str
    backend: str
    folder: str
    inbound: tuple[Inbound, ...] = ()
    outbound: tuple[Outbound, ...] = ()
    admin: Socket | UnixSocket | None = None
    sources: tuple[str, ...] = ()
    max_body: int = MAX_BODY
    max_heap: int = 256 * MEBIBYTE
    max_connections: int = 10_000

    def token_file(self, call: Outbound) -> str:
        return f"{self.folder}/tokens/{call.caller}/{call.callee}.json"
