"""The gateway on this machine: Envoy, and the agent beside it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stead.gateway.deployment import Deployment, UnixSocket
from stead.model import Backend, Gateway
from stead.model.health import HEALTH
from stead.run import probe
from stead.run.forkserver.client import Order
from stead.run.inherited_environment import inherited
from stead.run.supervised_process import Need, ProcessSpec

FOLDER = "gateway"
GRACE = 1.5  # seconds
DRAIN = 4.0  # seconds in which requests under way get their answers; a route has two, unless it says otherwise


@dataclass(frozen=True)
class GatewayProcess:
    """A backend's gateway, and what is known of it here; `environ` is of the agent, which alone has its secrets."""

    backend: Backend
    gateway: Gateway
    site: Deployment
    environ: Mapping[str, str]
    url: str

    @property
    def agent(self) -> str:
        return f"{self.gateway.name}-agent"

    def plans(self, agent_is_healthy: Callable[[], Awaitable[str]]) -> Iterator[ProcessSpec]:
        """Yield the agent, and the gateway that waits for it."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        yield ProcessSpec(self.agent, "agent", self._agent, self._check, grace=GRACE)
        need = Need(self.agent, "it keeps the gateway's tokens and key sets", agent_is_healthy)
        check = probe.http(self.site.listen.port, HEALTH)
        alive = probe.answers(self.site.listen.port, HEALTH)
        yield ProcessSpec(
            self.gateway.name, "gateway", self._envoy, check, [need], self.url, GRACE, drain=self._drain, alive=alive
        )

    async def _agent(self) -> Order:
        from stead.gateway.agent_plan import plan  # here: while the forkserver loads, there is time for it

        written = self._folder / "agent.json"
        self._ready.unlink(missing_ok=True)
        written.write_text(plan(self.backend, self.site).to_json())
        words = [str(written), str(self._folder)]
        call = "stead.gateway.agent.__main__:main"
        return Order(self.agent, self.environ, self._folder, call=call, arguments=words)

    async def _check(self, _: int) -> str:
        return "" if self._ready.exists() else "its files are not there yet"

    async def _envoy(self) -> Order:
        from stead.gateway.bootstrap import bootstrap, to_json
        from stead.gateway.command import arguments

        written = self._folder / "envoy.json"
        written.write_text(to_json(bootstrap(self.backend, self.site)))
        return Order(self.gateway.name, inherited(), self._folder, command=arguments(written))

    async def _drain(self) -> None:
        from stead.gateway.drain import drain

        if isinstance(self.site.admin, UnixSocket):
            await drain(self.site.admin.path, DRAIN)

    @property
    def _folder(self) -> Path:
        return Path(self.site.folder)

    @property
    def _ready(self) -> Path:
        return self._folder / "ready"
