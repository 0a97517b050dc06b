"""The gateway on this machine: Envoy, and the keeper beside it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stead.model import Gateway
from stead.model.health import HEALTH
from stead.run import probe
from stead.run.nursery.link import Order
from stead.run.port import HOST
from stead.run.surroundings import surroundings
from stead.run.unit import Need, Plan

if TYPE_CHECKING:
    from stead.gateway.site import Site
    from stead.run.plans import Plans

FOLDER = "gateway"
GRACE = 1.5  # seconds


def keeper_name(gateway: Gateway) -> str:
    return f"{gateway.name}-keeper"


def edge_plans(plans: "Plans") -> Iterator[Plan]:
    """Yield the keeper and the gateway of a backend that has one."""
    gateway = plans.backend.gateway
    assert gateway
    folder = plans.folder.path / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    keeper = _keeper(plans, gateway, folder)
    yield keeper
    why = "it keeps the gateway's tokens and key sets"
    need = Need(keeper.name, why, partial(plans.reached, keeper.name, "healthy"))
    check = probe.http(plans.port, HEALTH)
    order = _Envoy(plans, gateway, folder).order
    yield Plan(gateway.name, "gateway", order, check, [need], plans.url, GRACE)


def _keeper(plans: "Plans", gateway: Gateway, folder: Path) -> Plan:
    ready, written = folder / "ready", folder / "keeper.json"

    async def order() -> Order:
        from stead.gateway.planning import plan

        ready.unlink(missing_ok=True)
        written.write_text(plan(plans.backend, _site(plans, gateway, folder)).to_json())
        words = [str(written), str(folder)]
        call = "stead.gateway.keeper.__main__:main"
        return Order(keeper_name(gateway), plans.environ(gateway), folder, call=call, arguments=words)

    async def check(_: int) -> str:
        return "" if ready.exists() else "its files are not there yet"

    return Plan(keeper_name(gateway), "keeper", order, check, grace=GRACE)


class _Envoy:
    def __init__(self, plans: "Plans", gateway: Gateway, folder: Path) -> None:
        self._plans, self._gateway, self._folder = plans, gateway, folder

    async def order(self) -> Order:
        from stead.gateway.bootstrap import bootstrap, to_json
        from stead.gateway.command import arguments

        written = self._folder / "envoy.json"
        site = _site(self._plans, self._gateway, self._folder)
        written.write_text(to_json(bootstrap(self._plans.backend, site)))
        return Order(self._gateway.name, surroundings(), self._folder, command=arguments(written))


def _site(plans: "Plans", gateway: Gateway, folder: Path) -> "Site":
    from stead.gateway.site import Site, Socket

    given = plans.given[gateway.name]
    return Site(
        environment=plans.environment.name,
        version=plans.resolver.version,
        listen=Socket(HOST, plans.port),
        upstreams={name: Socket(HOST, plans.listening[name]) for name in plans.running_services()},
        folder=str(folder),
        values={each.setting.name: each.value for each in given if not each.setting.secret},
    )
