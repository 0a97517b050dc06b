"""What of a backend runs in one environment, whatever the target: processes, calls, and parts of servers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stead.model import AnyService, Backend, Bucket, Environment, Gateway, Job, Postgres, Process, Redis, Resource
from stead.model.resource_name import part_name
from stead.model.wiring import Wire, wires
from stead.render.cycles import dependency_cycles
from stead.render.docker.image_kind import kind_of

SERVERS: dict[type[Resource], str] = {Postgres: "postgres", Redis: "redis", Bucket: "s3"}
MAKERS = {"postgres": "postgres-databases", "s3": "s3-buckets"}  # jobs that create what a server holds
Ready = AnyService | Job


@dataclass(frozen=True)
class ServerPart:
    """The part of a server that one or several processes use: a database, a user of Redis, a bucket."""

    name: str
    owner: str
    resource: Resource

    @property
    def secret(self) -> str:
        return f"{self.owner}.{self.resource.setting}"

    def form_secret(self, setting: str) -> str:
        """Return the name of the secret that holds a form of its URL."""
        return f"{self.owner}.{setting}"


@dataclass(frozen=True)
class EnvironmentContext:
    """One backend in one environment."""

    backend: Backend
    environment: Environment

    @cached_property
    def services(self) -> tuple[AnyService, ...]:
        return tuple(service for service in self.backend.services if service not in self.environment.without)

    @cached_property
    def ready(self) -> tuple[Ready, ...]:
        """Services and jobs, which may need resources."""
        return (*self.services, *self.backend.jobs)

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        edge = (self.backend.gateway,) if self.backend.gateway else ()
        return (*edge, *self.ready)

    @cached_property
    def calls(self) -> frozenset[tuple[str, str]]:
        """The calls between processes of the environment."""
        names = {service.name for service in self.services}
        edges = (edge for process in self.processes for edge in self.backend.edges_of(process))
        return frozenset((edge.caller.name, edge.callee.name) for edge in edges if edge.callee.name in names)

    @cached_property
    def callees(self) -> dict[str, tuple[str, ...]]:
        """The callees of each process, sorted."""
        found: dict[str, list[str]] = {process.name: [] for process in self.processes}
        for caller, callee in sorted(self.calls):
            found[caller].append(callee)
        return {caller: tuple(callees) for caller, callees in found.items()}

    @cached_property
    def dependency_cycles(self) -> dict[str, int]:
        """A number for each process; those that reach one another by calls have the same."""
        return dependency_cycles(self.callees)

    @cached_property
    def wires(self) -> dict[str, tuple[Wire, ...]]:
        """The settings of each process."""
        return {process.name: wires(self.backend, process, self.environment) for process in self.processes}

    @cached_property
    def parts(self) -> dict[Resource, ServerPart]:
        """The parts of each server; the first process that needs a resource determines its name."""
        found: dict[Resource, ServerPart] = {}
        for process in self.ready:
            for resource in process.resources:
                if resource not in found:
                    found[resource] = ServerPart(self._part_name(process.name, resource), process.name, resource)
        return found

    def _part_name(self, owner: str, resource: Resource) -> str:
        """A bucket's name has no underscore (S3)."""
        name = part_name(self.backend.name, owner, resource)
        return name.replace("_", "-") if isinstance(resource, Bucket) else name

    @cached_property
    def servers(self) -> tuple[str, ...]:
        return tuple(sorted({server_of(resource) for resource in self.parts}))

    def parts_in(self, server: str) -> tuple[ServerPart, ...]:
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


def reads_files(process: Process) -> bool:
    """Return whether a process reads `<NAME>_FILE`: a process of the kit does; a program, if it declares so."""
    if isinstance(process, Gateway):
        return True
    return process.secret_files or (kind_of(process) == "python" and not process.command)
