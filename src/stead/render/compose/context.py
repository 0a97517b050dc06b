"""The processes of a backend in one environment, and their names in Compose."""

from dataclasses import dataclass
from functools import cached_property

from stead.gateway.deployment import Socket
from stead.gateway.proxy.program import is_proxied
from stead.gateway.proxy.sidecar import Sidecar, names
from stead.model import Gateway
from stead.render.context import EnvironmentContext
from stead.render.docker import dockerfiles
from stead.render.docker.dockerfile import Arg
from stead.render.docker.image_kind import built, port_of
from stead.render.docker.pin import BASES
from stead.render.environment_alias import short

FOLDER = "compose"


@dataclass(frozen=True)
class ComposeContext(EnvironmentContext):
    """One backend in one environment of Compose.

    proxied  the programs that have a proxy, where not all of them do: a stack that was written by hand
    """

    proxied: frozenset[str] | None = None

    @property
    def short(self) -> str:
        return short(self.environment.name)

    @property
    def is_dev(self) -> bool:
        return self.environment.name == "dev"

    @cached_property
    def sidecars(self) -> dict[str, Sidecar]:
        """The proxy of each program, by the program's name."""
        found = {}
        chosen = (each for each in self.ready if self.proxied is None or each.name in self.proxied)
        for process in filter(is_proxied, chosen):
            assert not isinstance(process, Gateway)
            program = Socket(f"{process.name}-program", port_of(process))
            found[process.name] = Sidecar(self.backend, process, program, names(process.name)[0])
        return found

    def front(self, name: str) -> str:
        """Return the container that stands for a process in its calls: its proxy, where it has one."""
        return self.sidecars[name].name if name in self.sidecars else name

    @cached_property
    def bases(self) -> dict[str, tuple[str, ...]]:
        """By image, the build arguments of its base images; the project's own Dockerfile has none."""
        return dict.fromkeys(built(self.backend), ()) | {
            file.name: tuple(one.name for one in file.instructions if isinstance(one, Arg) and one.name in BASES)
            for file in dockerfiles(self.backend)
        }


def agent_of(gateway: Gateway) -> str:
    return f"{gateway.name}-agent"
