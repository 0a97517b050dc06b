"""The spec of one service: its port, its health and liveness probes, its conditions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stead.model import Service
from stead.model.health import LIVEZ
from stead.run import probe
from stead.run.forkserver.client import Order
from stead.run.port import HOST
from stead.run.supervised_process import Need, ProcessSpec

WORKER = "; for a worker, which does not listen, set port=None"
GRACE = 6.0  # seconds; gateway, services and database together end within 10


@dataclass(frozen=True)
class ServiceStart:
    """The start of a service.

    reached  the port at which others reach it; 0 for a worker
    port     the port at which it listens itself, which is another one where a proxy is in front of it
    """

    order: Callable[[], Awaitable[Order]]
    needs: Sequence[Need]
    folder: Path
    environ: Callable[[], Mapping[str, str]]
    reached: int = 0
    port: int = 0


def service_spec(service: Service, start: ServiceStart) -> ProcessSpec:
    """Return how a service is run."""
    if service.is_worker:
        return _worker(service, start)
    health = service.health
    check, alive = _asked(service, start)
    if service.command and not service.routes:
        check, alive = probe.hinted(check, WORKER), probe.hinted(alive, WORKER)
    return ProcessSpec(
        service.name,
        "service",
        start.order,
        check,
        start.needs,
        f"http://{HOST}:{start.reached}",
        GRACE,
        port=start.port,
        start_period=health.start_period,
        alive=alive,
    )


def _asked(service: Service, start: ServiceStart) -> tuple[probe.Probe, probe.Probe]:
    """Return the health probe and the liveness probe of a service."""
    health, port = service.health, start.port
    if health.probe:
        return probe.command(health.probe, start.folder, start.environ), probe.listens(port)
    if health.grpc:
        return probe.grpc(port), probe.listens(port)
    if health.tcp:
        return probe.listens(port), probe.listens(port)
    alive = probe.http(port, LIVEZ) if service.app else probe.answers(port, health.path)
    return probe.http(port, health.path, any_success=not health.contract), alive


def _worker(service: Service, start: ServiceStart) -> ProcessSpec:
    """A worker is healthy as long as it runs, or as long as its own probe says so."""
    words, period = service.health.probe, service.health.start_period
    check = probe.command(words, start.folder, start.environ) if words else probe.always
    return ProcessSpec(service.name, "service", start.order, check, start.needs, "", GRACE, start_period=period)
