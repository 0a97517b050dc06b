"""The smoke test after a ship to a cluster: kubectl forwards a port to the gateway."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stead.ops.ship.kubernetes.kubectl import Kubectl
    from stead.render.kubernetes.context import ClusterContext


def gateway_smoke(place: "ClusterContext", kubectl: "Kubectl") -> Callable[[str], Iterator[str]]:
    """Return the smoke test of a version at the gateway; the kubelet's probes test the services."""

    def ask(version: str) -> Iterator[str]:
        import httpx2

        from stead.ops.ship.kubernetes.port_forward import forwarded
        from stead.ops.smoke import Target, smoke
        from stead.render.gateway_deployment import LISTEN

        gateway = place.backend.gateway
        if gateway is None:
            return
        asked = {service.name: "tested by its probes" for service in place.backend.services}
        with forwarded(kubectl, gateway.name, LISTEN) as url, httpx2.Client(timeout=10.0) as client:
            target = Target(place.backend, place.environment.name, {gateway.name: url}, version, asked)
            yield from (f"{each.name}: {each.asked}: {each.wrong}" for each in smoke(target, client) if each.wrong)

    return ask
