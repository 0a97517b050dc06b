"""Backend: a name, services, environments: the root of every description."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from stead.model.call import Call
from stead.model.environment import Environment
from stead.model.gateway import Gateway
from stead.model.job import Job
from stead.model.pipeline import Pipeline
from stead.model.sequences import as_tuple
from stead.model.service import AnyService
from stead.model.source_location import SourceLocation, here

Process = AnyService | Gateway | Job


def _usual() -> tuple[Environment, ...]:
    return tuple(Environment(name) for name in ("dev", "staging", "prod"))


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow of the call graph."""

    caller: Process
    callee: AnyService
    call: Call


@dataclass(frozen=True, eq=False)
class Backend:
    """A whole backend. Everything else, running it included, is derived from this one value.

    name          a DNS label: the name of the Compose project, and a part of every database's name
    services      every service of the backend
    gateway       the gateway; without one, nothing is reached from outside
    jobs          the processes that end
    environments  where the backend runs; the first is the one for development
    folder        the path of the backend.py's folder inside its project, such as `backends/rewards`; the project is the
                  folder with the pyproject.toml and the uv.lock that images are built from
    registry      where images are pushed to and pulled from, such as `ghcr.io/example`; each image's name follows it
    pipelines     what a forge runs, from a push to a deployment: `Github(…)`, `Gitlab(…)`; none is the default
    edits         functions that change rendered files, as typed values, before they are written: each takes one value
                  of the type that its annotation names, and returns the changed value
    """

    name: str
    services: Sequence[AnyService] = ()
    gateway: Gateway | None = None
    jobs: Sequence[Job] = ()
    environments: Sequence[Environment] = field(default_factory=_usual)
    folder: str = "."
    registry: str = ""
    pipelines: Sequence[Pipeline] = ()
    edits: Sequence[Callable[[Any], Any]] = ()
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        for name in ("services", "jobs", "environments", "pipelines", "edits"):
            object.__setattr__(self, name, as_tuple(getattr(self, name)))

    @property
    def processes(self) -> tuple[Process, ...]:
        """Everything that runs: the gateway, the services, the jobs."""
        edge = (self.gateway,) if self.gateway else ()
        return (*edge, *self.services, *self.jobs)

    def edges(self) -> Iterator[Edge]:
        """The call graph, the gateway's own calls included; calls to services outside the backend are left out."""
        for caller in self.processes:
            yield from self.edges_of(caller)

    def edges_of(self, caller: Process) -> Iterator[Edge]:
        """Yield the arrows that start at one process."""
        for call in caller.calls:
            callee = self._inside.get(id(call.callee))
            if callee is not None:
                yield Edge(caller, callee, call)

    def callers(self, service: AnyService) -> dict[str, tuple[str, ...]]:
        """Return the callers of a service with their granted operations: the service's keyring."""
        found = self._grants.get(id(service), {})
        return {name: tuple(sorted(operations)) for name, operations in sorted(found.items())}

    @cached_property
    def _inside(self) -> dict[int, AnyService]:
        """Compare by identity, because two services may have equal fields."""
        return {id(service): service for service in self.services}

    @cached_property
    def _grants(self) -> dict[int, dict[str, set[str]]]:
        """Computed once: every process is wired by it, and there may be a thousand."""
        found: dict[int, dict[str, set[str]]] = {}
        for edge in self.edges():
            found.setdefault(id(edge.callee), {}).setdefault(edge.caller.name, set()).update(edge.call.grants)
        return found

    def environment(self, name: str) -> Environment:
        """Return the environment of that name; KeyError when there is none."""
        return {environment.name: environment for environment in self.environments}[name]
