"""Canary: start a new version beside the running one, before any container is replaced.

Each service is started once more from the new image, on the same networks and with the same secrets, under a name that
has no callers. When all are healthy and report the new version, they stay as temporary replicas while Compose replaces
the old ones (see `replica`), and are removed then; when one is not, the running version is unchanged. A canary is like
one more replica, so it applies the service's migrations, which must be compatible with the old version, as with any
replicas.

An Envoy gets a canary only if Compose would recreate it; it reads the folder that its agent writes.
Agents and servers get none: two agents would write to one folder, two servers to one volume.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from stead.model import AnyService
from stead.ops.ship import commands, replica
from stead.ops.ship.commands import Compose
from stead.ops.ship.container import states
from stead.ops.ship.container_health import health_error, reading, reports_version
from stead.ops.ship.error import LAST, ShipError, indented
from stead.ops.ship.runner import Runner
from stead.render.docker.image_kind import kind_of

PAUSE = 0.5  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Canary:
    """The services of a new version, and the version that they must report.

    proxies  the Envoys that are started beside as well
    servers  the services that others ask, and that ask nobody
    """

    runner: Runner
    compose: Compose
    project: str
    services: Sequence[AnyService]
    environment: str
    version: str
    proxies: Sequence[str] = ()
    servers: Sequence[str] = ()
    seconds: float = commands.WAIT

    def start(self) -> None:
        """Start the canary and test it; ShipError with the last log lines of a service that is not healthy."""
        clear(self.runner, self.project)
        for service, name in self.names.items():
            self.runner.run(f"starting the canary of {service}", self.compose.beside(service, name))
        if self.runner.looks:
            self._wait(list(self.names.values()))
        for each in self.services:
            self._check_health(each, self.names[each.name])

    def remove(self) -> None:
        """Stop the started containers immediately."""
        self.runner.look(commands.remove(list(self.names.values())))

    @property
    def names(self) -> dict[str, str]:
        """The name of each container, by its service."""
        services = (*(service.name for service in self.services), *self.proxies)
        return {service: f"{self.project}-{commands.BESIDE}-{service}" for service in services}

    def serve(self) -> None:
        """Take the network names of the old version."""
        replica.serve(self.runner, self.project, self.names, self.servers)

    def retire(self) -> None:
        """Stop after callers ask what has replaced the old version, and after open requests are answered."""
        replica.settle(self.runner)
        self.runner.look(commands.stop(list(self.names.values())))
        self.remove()

    def _wait(self, names: Sequence[str]) -> None:
        """Wait until all are healthy; one that has ended, or is unhealthy, ends the waiting."""
        until = time.monotonic() + self.seconds
        while True:
            found = list(states(self.runner.run("inspecting the canary", commands.state(names))))
            for name, each in zip(names, found, strict=True):
                if each.state != "running" or each.health == "unhealthy":
                    raise self._failed(name, each.wrong or "has exited")
            waiting = [name for name, each in zip(names, found, strict=True) if each.wrong]
            if not waiting:
                return
            if time.monotonic() > until:
                raise self._failed(waiting[0], f"is not healthy within {self.seconds:.0f} s")
            time.sleep(PAUSE)

    def _check_health(self, service: AnyService, name: str) -> None:
        if not reports_version(service):
            return
        done = self.runner.look(commands.ask(name, reading(kind_of(service), service.health.path)))
        if not self.runner.looks:
            return
        expected = {"service": service.name, "env": self.environment, "status": "ok", "version": self.version}
        wrong = (
            health_error(done.out, expected) if done.status == 0 else f"cannot be asked: {done.output.strip()[-200:]}"
        )
        if wrong:
            raise self._failed(name, wrong)

    def _failed(self, name: str, wrong: str) -> ShipError:
        output = self.runner.look(commands.log_tail(name, LAST)).output
        service = name.removeprefix(f"{self.project}-{commands.BESIDE}-")
        return ShipError("\n".join([f"{service}, the canary, {wrong}; its last output", *indented(output)]))


def clear(runner: Runner, project: str) -> None:
    """Remove the canary of an earlier, killed ship; it may serve requests."""
    if left := runner.look(commands.beside_of(project)).out.split():
        replica.settle(runner)
        runner.look(commands.stop(left))
        runner.look(commands.remove(left))
