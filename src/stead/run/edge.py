"""The gateway on this machine: Envoy, and the keeper beside it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stead.gateway.site import Site, UnixSocket
from stead.model import Backend, Gateway
from stead.model.health import HEALTH
from stead.run import probe
from stead.run.nursery.link import Order
from stead.run.surroundings import surroundings
from stead.run.unit import Need, Plan

FOLDER = "gateway"
GRACE = 1.5  # seconds
DRAIN = 4.0  # seconds in which requests under way get their answers; a route has two, unless it says otherwise


@dataclass(frozen=True)
class Edge:
    """A backend's gateway, and what is known of it here; `environ` is of the keeper, which alone has its secrets."""

    backend: Backend
    gateway: Gateway
    site: Site
    environ: Mapping[str, str]
    url: str

    @property
    def keeper(self) -> str:
        return f"{self.gateway.name}-keeper"

    def plans(self, keeper_is_healthy: Callable[[], Awaitable[str]]) -> Iterator[Plan]:
        """Yield the keeper, and the gateway that waits for it."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        yield Plan(self.keeper, "keeper", self._keeper, self._check, grace=GRACE)
        need = Need(self.keeper, "it keeps the gateway's tokens and key sets", keeper_is_healthy)
        check = probe.http(self.site.listen.port, HEALTH)
        yield Plan(self.gateway.name, "gateway", self._envoy, check, [need], self.url, GRACE, drain=self._drain)

    async def _keeper(self) -> Order:
        from stead.gateway.planning import plan  # here: while the nursery loads, there is time for it

        written = self._folder / "keeper.json"
        self._ready.unlink(missing_ok=True)
        written.write_text(plan(self.backend, self.site).to_json())
        words = [str(written), str(self._folder)]
        call = "stead.gateway.keeper.__main__:main"
        return Order(self.keeper, self.environ, self._folder, call=call, arguments=words)

    async def _check(self, _: int) -> str:
        return "" if self._ready.exists() else "its files are not there yet"

    async def _envoy(self) -> Order:
        from stead.gateway.bootstrap import bootstrap, to_json
        from stead.gateway.command import arguments

        written = self._folder / "envoy.json"
        written.write_text(to_json(bootstrap(self.backend, self.site)))
        return Order(self.gateway.name, surroundings(), self._folder, command=arguments(written))

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
