"""What of a backend runs in one environment, and what each part of it is called in Compose."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stead.gateway.deployment import Socket
from stead.gateway.proxy.program import is_proxied
from stead.gateway.proxy.sidecar import Sidecar, names
from stead.model import AnyService, Backend, Bucket, Environment, Gateway, Job, Postgres, Process, Redis, Resource
from stead.model.resource_name import part_name
from stead.model.wiring import Wire, wires
from stead.render.cycles import dependency_cycles
from stead.render.docker import dockerfiles
from stead.render.docker.dockerfile import Arg
from stead.render.docker.image_kind import built, kind_of, port_of
from stead.render.docker.pin import BASES
from stead.render.environment_alias import short

SERVERS: dict[type[Resource], str] = {Postgres: "postgres", Redis: "redis", Bucket: "s3"}
MAKERS = {"postgres": "postgres-databases", "s3": "s3-buckets"}  # one-shots that make what is in a server
FOLDER = "compose"
Ready = AnyService | Job


@dataclass(frozen=True)
class ComposePart:
    """What one process, or several, have of a server: a database, a user of Redis, a bucket."""

    name: str
    owner: str
    resource: Resource

    @property
    def secret(self) -> str:
        return f"{self.owner}.{self.resource.setting}"


@dataclass(frozen=True)
class ComposeContext:
    """One backend in one environment.

    proxied  the programs that have a proxy, where not all of them do: a stack that was written by hand
    """

    backend: Backend
    environment: Environment
    proxied: frozenset[str] | None = None

    @property
    def short(self) -> str:
        return short(self.environment.name)

    @property
    def is_dev(self) -> bool:
        return self.environment.name == "dev"

    @cached_property
    def services(self) -> tuple[AnyService, ...]:
        return tuple(service for service in self.backend.services if service not in self.environment.without)

    @cached_property
    def ready(self) -> tuple[Ready, ...]:
        """Services and jobs: what needs resources."""
        return (*self.services, *self.backend.jobs)

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        edge = (self.backend.gateway,) if self.backend.gateway else ()
        return (*edge, *self.ready)

    @cached_property
    def calls(self) -> frozenset[tuple[str, str]]:
        """Who calls whom, of what runs here."""
        names = {service.name for service in self.services}
        edges = (edge for process in self.processes for edge in self.backend.edges_of(process))
        return frozenset((edge.caller.name, edge.callee.name) for edge in edges if edge.callee.name in names)

    @cached_property
    def callees(self) -> dict[str, tuple[str, ...]]:
        """Whom each process calls, sorted."""
        found: dict[str, list[str]] = {process.name: [] for process in self.processes}
        for caller, callee in sorted(self.calls):
            found[caller].append(callee)
        return {caller: tuple(callees) for caller, callees in found.items()}

    @cached_property
    def sidecars(self) -> dict[str, Sidecar]:
        """The proxy of each program, by the program's name."""
        found = {}
        chosen = (each for each in self.ready if self.proxied is None or each.name in self.proxied)
        for process in filter(is_proxied, chosen):
            assert not isinstance(process, Gateway)
            program = Socket(f"{process.name}-program", port_of(process))
            found[process.name] = Sidecar(self.backend, process, program, names(process.name)[0])
        return found

    def front(self, name: str) -> str:
        """Return the container that stands for a process in its calls: its proxy, where it has one."""
        return self.sidecars[name].name if name in self.sidecars else name

    @cached_property
    def dependency_cycles(self) -> dict[str, int]:
        """A number for each process; those that reach one another by calls have the same."""
        return dependency_cycles(self.callees)

    @cached_property
    def wires(self) -> dict[str, tuple[Wire, ...]]:
        """What each process is told."""
        return {process.name: wires(self.backend, process, self.environment) for process in self.processes}

    @cached_property
    def bases(self) -> dict[str, tuple[str, ...]]:
        """By image, the build arguments that name what it is built from; a Dockerfile of the project's own has none."""
        return dict.fromkeys(built(self.backend), ()) | {
            file.name: tuple(one.name for one in file.instructions if isinstance(one, Arg) and one.name in BASES)
            for file in dockerfiles(self.backend)
        }

    @cached_property
    def parts(self) -> dict[Resource, ComposePart]:
        """What is made in each server; the first process that needs a resource gives it its name."""
        found: dict[Resource, ComposePart] = {}
        for process in self.ready:
            for resource in process.resources:
                if resource not in found:
                    found[resource] = ComposePart(self._part_name(process.name, resource), process.name, resource)
        return found

    def _part_name(self, owner: str, resource: Resource) -> str:
        """A bucket's name has no underscore (S3)."""
        name = part_name(self.backend.name, owner, resource)
        return name.replace("_", "-") if isinstance(resource, Bucket) else name

    @cached_property
    def servers(self) -> tuple[str, ...]:
        return tuple(sorted({server_of(resource) for resource in self.parts}))

    def parts_in(self, server: str) -> tuple[ComposePart, ...]:
        return tuple(part for resource, part in self.parts.items() if server_of(resource) == server)

    def users_of(self, server: str) -> Iterator[Ready]:
        """Yield the processes that need something in a server."""
        for process in self.ready:
            if any(server_of(resource) == server for resource in process.resources):
                yield process

    def replicas(self, service: AnyService) -> int:
        return self.environment.replicas.get(service, service.replicas)


def server_of(resource: Resource) -> str:
    return next(name for kind, name in SERVERS.items() if isinstance(resource, kind))


def agent_of(gateway: Gateway) -> str:
    return f"{gateway.name}-agent"


def reads_files(process: Process) -> bool:
    """Tell whether a process reads `<NAME>_FILE`: what is made with the kit does, a stranger's program may not."""
    return isinstance(process, Gateway) or (kind_of(process) == "python" and not process.command)
