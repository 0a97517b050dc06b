"""The gateway on this machine: Envoy, and the agent beside it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stead.gateway.deployment import Deployment
from stead.model import Backend, Gateway
from stead.model.health import HEALTH
from stead.run import probe
from stead.run.envoy_pair import GRACE, EnvoyPair
from stead.run.supervised_process import Need, ProcessSpec

FOLDER = "gateway"
DRAIN = 4.0  # seconds in which requests under way get their answers; a route has two, unless it says otherwise


@dataclass(frozen=True)
class GatewayProcess:
    """The gateway of a run; `environ` belongs to the agent, which alone has the secrets."""

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
        pair = self._pair
        pair.make_folder()
        yield ProcessSpec(self.agent, "agent", pair.start_agent, pair.check_agent, grace=GRACE)
        need = Need(self.agent, "it refreshes the gateway's tokens and key sets", agent_is_healthy)
        check = probe.http(self.site.listen.port, HEALTH)
        alive = probe.answers(self.site.listen.port, HEALTH)
        yield ProcessSpec(
            self.gateway.name,
            "gateway",
            pair.start_envoy,
            check,
            [need],
            self.url,
            GRACE,
            drain=pair.drain,
            alive=alive,
        )

    @property
    def _pair(self) -> EnvoyPair:
        return EnvoyPair(
            self.agent,
            self.gateway.name,
            Path(self.site.folder),
            self.site.admin,
            DRAIN,
            self.environ,
            self._plan,
            self._bootstrap,
        )

    def _plan(self) -> str:
        from stead.gateway.agent_plan import plan

        return plan(self.backend, self.site).to_json()

    def _bootstrap(self) -> str:
        from stead.gateway.bootstrap import bootstrap, to_json

        return to_json(bootstrap(self.backend, self.site))
