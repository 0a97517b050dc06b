"""The proxy on this machine: one Envoy in front of all commands of a backend, and the agent that keeps its tokens."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stead.gateway.deployment import UnixSocket
from stead.gateway.proxy.deployment import ProxyDeployment
from stead.run import probe
from stead.run.forkserver.client import Order
from stead.run.inherited_environment import inherited
from stead.run.supervised_process import Need, ProcessSpec

NAME = "service-proxy"
AGENT = f"{NAME}-agent"
FOLDER = "proxy"
GRACE = 1.5  # seconds
DRAIN = 3.0  # seconds


@dataclass(frozen=True)
class ProxyProcess:
    """A backend's proxy, and what is known of it here; `keys` are the programs' private keys, by setting."""

    site: ProxyDeployment
    keys: Mapping[str, str]

    def plans(self, agent_is_healthy: Callable[[], Awaitable[str]]) -> Iterator[ProcessSpec]:
        """Yield the proxy, and before it the agent that it waits for, where a command makes a call."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        needs = []
        if self.site.outbound:
            yield ProcessSpec(AGENT, "agent", self._agent, self._check, grace=GRACE)
            needs.append(Need(AGENT, "it keeps the service tokens of the commands", agent_is_healthy))
        first = (*(each.listen for each in self.site.inbound), *(each.listen for each in self.site.outbound))[0]
        check = probe.listens(first.port)
        yield ProcessSpec(NAME, "proxy", self._envoy, check, needs, "", GRACE, drain=self._drain, alive=check)

    def fingerprints(self) -> Iterator[tuple[str, object]]:
        """Yield both processes, each with all that its start depends on."""
        from stead.gateway.bootstrap import to_json
        from stead.gateway.proxy import bootstrap, plan

        yield NAME, to_json(bootstrap(self.site))
        if self.site.outbound:
            yield AGENT, (plan(self.site).to_json(), dict(self.keys))

    async def _agent(self) -> Order:
        from stead.gateway.proxy.plan import plan

        written = self._folder / "agent.json"
        self._ready.unlink(missing_ok=True)
        written.write_text(plan(self.site).to_json())
        call, words = "stead.gateway.agent.__main__:main", [str(written), str(self._folder)]
        return Order(AGENT, {**inherited(), **self.keys}, self._folder, call=call, arguments=words)

    async def _check(self, _: int) -> str:
        return "" if self._ready.exists() else "its files are not there yet"

    async def _envoy(self) -> Order:
        from stead.gateway.bootstrap import to_json
        from stead.gateway.command import arguments
        from stead.gateway.proxy.bootstrap import bootstrap

        written = self._folder / "envoy.json"
        written.touch(mode=0o600)  # with a shared secret its key sets can sign
        written.write_text(to_json(bootstrap(self.site)))
        return Order(NAME, inherited(), self._folder, command=arguments(written))

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
