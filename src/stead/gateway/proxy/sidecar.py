"""The proxy of one program in a container, for Compose and Kubernetes: its containers and their settings.

A target determines only the placement of the three. In a Pod they share a network namespace: the program listens on the
loopback, and sends its calls there. In Compose they share a network without other members: the proxy reaches the
program by a name, and accepts its outgoing calls from that network only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from stead.gateway.bootstrap import empty
from stead.gateway.deployment import MEBIBYTE, Socket
from stead.gateway.drain import ADMIN
from stead.gateway.dynamic import fixed
from stead.gateway.envoy.bootstrap import Node
from stead.gateway.proxy.deployment import ProxyDeployment
from stead.gateway.proxy.program import listens, operations, signs
from stead.model import AnyService, Backend, Job, Process
from stead.model.wiring import KEYRING, PRIVATE_KEY, EnvironmentName, UrlOf, Wire

LISTEN = 8000  # where the program's callers reach the proxy: the port at which they would reach the program
FIRST = 9101  # the port of the first outgoing call; each callee has one, in the order of their names
FOLDER = "/run/proxy"
CONFIGURATION = "envoy.json"
ARGUMENTS = (
    *("--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"),
    *("--file-flush-interval-msec", "1000"),
)
MODULE = "stead.gateway.proxy.start"
LOOPBACK = "127.0.0.1"
HEAP = 128 * MEBIBYTE
READY = "/ready"  # what Envoy's operator is asked at ADMIN
_SIGNING = frozenset({PRIVATE_KEY.name, KEYRING.name})


@dataclass(frozen=True)
class Sidecar:
    """One program's proxy and its agent.

    program  where the proxy reaches the program
    host     at which the program reaches its proxy
    """

    backend: Backend
    process: AnyService | Job
    program: Socket
    host: str = LOOPBACK

    @property
    def name(self) -> str:
        return names(self.process.name)[0]

    @property
    def agent(self) -> str:
        return names(self.process.name)[1]

    @property
    def is_called(self) -> bool:
        return listens(self.process)

    @property
    def ports(self) -> Mapping[str, int]:
        """The port of each outgoing call, by the callee's name."""
        return outgoing_ports(self.backend, self.process)

    def url(self, callee: str) -> str:
        """Return the address at which the program calls a callee."""
        return f"http://{self.host}:{self.ports[callee]}"

    @property
    def envoy(self) -> tuple[str, ...]:
        """The arguments of Envoy, which reads the agent's files in the shared folder."""
        return ("--config-path", f"{FOLDER}/{CONFIGURATION}", *ARGUMENTS)

    @property
    def watching_envoy(self) -> tuple[str, ...]:
        """The arguments of an Envoy that reloads the agent's files without a restart."""
        node = Node(id=self.name, cluster=self.backend.name)
        bare = empty(node, HEAP, ProxyDeployment.max_connections, Socket(LOOPBACK, ADMIN))
        return ("--config-yaml", fixed(bare, FOLDER), *ARGUMENTS)

    def agent_arguments(self, description: str) -> tuple[str, ...]:
        """Return the arguments of `python -P -m`; `description` is the path of the backend.py in the image."""
        program = f"{self.program.host}:{self.program.port}"
        sources = () if self.host == LOOPBACK else ("--sources", "own")
        return (MODULE, description, self.process.name, FOLDER, "--program", program, *sources)

    @property
    def files(self) -> tuple[str, ...]:
        """The files in the folder that the agent writes, before it is ready."""
        return (CONFIGURATION, "ready")

    @property
    def admin(self) -> int:
        """The port of Envoy's operator, on the proxy's own loopback: `READY` answers 200 when it listens."""
        return ADMIN


def names(program: str) -> tuple[str, str]:
    """Return the names of a program's proxy and of the proxy's agent."""
    return f"{program}-proxy", f"{program}-proxy-agent"


def outgoing_ports(backend: Backend, process: AnyService | Job) -> Mapping[str, int]:
    """Return the port of each outgoing call; the same in every environment, also if callees are left out."""
    return {callee.name: FIRST + number for number, callee in enumerate(operations(backend, process))}


def agent_wires(wires: tuple[Wire, ...]) -> tuple[Wire, ...]:
    """Return what the agent is reported a program's settings: where its callees are, and the keys on both sides."""
    return tuple(
        wire for wire in wires if isinstance(wire.value, EnvironmentName | UrlOf) or wire.setting.name in _SIGNING
    )


def hidden_keys(process: Process) -> frozenset[str]:
    """Return the settings of a program's proxy only: the keys, except that of a program that signs itself."""
    return frozenset({KEYRING.name}) if signs(process) else _SIGNING


def program_wires(process: Process, wires: tuple[Wire, ...]) -> tuple[Wire, ...]:
    """Return the settings of the program: all except the keys that the proxy uses for it."""
    hidden = hidden_keys(process)
    return tuple(wire for wire in wires if wire.setting.name not in hidden)
