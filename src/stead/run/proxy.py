"""The proxy on this machine: one Envoy in front of all commands of a backend, and the agent that refreshes its
tokens.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stead.gateway.proxy.deployment import ProxyDeployment
from stead.run import probe
from stead.run.envoy_pair import GRACE, EnvoyPair
from stead.run.inherited_environment import inherited
from stead.run.supervised_process import Need, ProcessSpec

NAME = "service-proxy"
AGENT = f"{NAME}-agent"
FOLDER = "proxy"
DRAIN = 3.0  # seconds


@dataclass(frozen=True)
class ProxyProcess:
    """A backend's proxy, and what is known of it here; `keys` are the programs' private keys, by setting."""

    site: ProxyDeployment
    keys: Mapping[str, str]

    def plans(self, agent_is_healthy: Callable[[], Awaitable[str]]) -> Iterator[ProcessSpec]:
        """Yield the proxy, and before it the agent that it waits for, where a command makes a call."""
        pair = self._pair
        pair.make_folder()
        needs = []
        if self.site.outbound:
            yield ProcessSpec(AGENT, "agent", pair.start_agent, pair.check_agent, grace=GRACE)
            needs.append(Need(AGENT, "it refreshes the service tokens of the commands", agent_is_healthy))
        first = (*(each.listen for each in self.site.inbound), *(each.listen for each in self.site.outbound))[0]
        check = probe.listens(first.port)
        yield ProcessSpec(NAME, "proxy", pair.start_envoy, check, needs, "", GRACE, drain=pair.drain, alive=check)

    def fingerprints(self) -> Iterator[tuple[str, object]]:
        """Yield both processes, each with all that its start depends on."""
        yield NAME, self._bootstrap()
        if self.site.outbound:
            yield AGENT, (self._plan(), dict(self.keys))

    @property
    def _pair(self) -> EnvoyPair:
        return EnvoyPair(
            AGENT,
            NAME,
            Path(self.site.folder),
            self.site.admin,
            DRAIN,
            {**inherited(), **self.keys},
            self._plan,
            self._bootstrap,
        )

    def _plan(self) -> str:
        from stead.gateway.proxy.plan import plan

        return plan(self.site).to_json()

    def _bootstrap(self) -> str:
        from stead.gateway.bootstrap import to_json
        from stead.gateway.proxy.bootstrap import bootstrap

        return to_json(bootstrap(self.site))
