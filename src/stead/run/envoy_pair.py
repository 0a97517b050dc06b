"""An Envoy on this machine and the agent beside it: how both are started, when they are ready, how Envoy is drained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stead.gateway.deployment import Socket, UnixSocket
from stead.run.forkserver.client import Order
from stead.run.inherited_environment import inherited

GRACE = 1.5  # seconds


@dataclass(frozen=True)
class EnvoyPair:
    """A folder that an Envoy and its agent share.

    agent    the agent's name
    name     Envoy's name
    admin    where Envoy answers its operator
    drain_seconds  in which requests under way get their answers
    environ  of the agent, which alone has the secrets
    plan, bootstrap  make what each reads, as late as can be: while the forkserver loads, there is time to import
    """

    agent: str
    name: str
    folder: Path
    admin: Socket | UnixSocket | None
    drain_seconds: float
    environ: Mapping[str, str]
    plan: Callable[[], str]
    bootstrap: Callable[[], str]

    def make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)

    async def start_agent(self) -> Order:
        """Return the start of the agent, which writes the files of Envoy."""
        written = self.folder / "agent.json"
        self._ready.unlink(missing_ok=True)
        written.write_text(self.plan())
        words = [str(written), str(self.folder)]
        call = "stead.gateway.agent.__main__:main"
        return Order(self.agent, self.environ, self.folder, call=call, arguments=words)

    async def check_agent(self, _: int) -> str:
        """Return why the agent is not ready."""
        return "" if self._ready.exists() else "its files are not written yet"

    async def start_envoy(self) -> Order:
        """Return how Envoy is started."""
        from stead.gateway.command import arguments

        written = self.folder / "envoy.json"
        written.touch(mode=0o600)  # with a shared secret its key sets can sign
        written.write_text(self.bootstrap())
        return Order(self.name, inherited(), self.folder, command=arguments(written))

    async def drain(self) -> None:
        """Let Envoy complete its open requests."""
        from stead.gateway.drain import drain

        if isinstance(self.admin, UnixSocket):
            await drain(self.admin.path, self.drain_seconds)

    @property
    def _ready(self) -> Path:
        return self.folder / "ready"
