"""ExpectedEnvironment: what the description says of one environment's containers, in the words of Compose.

It is what the renderer would keep, asked of its own parts; so that nothing is judged here by a second list. Imported
when there is a stack to judge: a check of a repository without one need not wait for the renderer.
"""

from dataclasses import dataclass
from functools import cached_property

from stead.gateway.proxy.sidecar import names as proxy_names
from stead.model import Backend, Bucket, Environment, Gateway, Process, Service
from stead.model.wiring import Wire
from stead.render.compose.context import ComposeContext, agent_of
from stead.render.compose.file import permitted
from stead.render.compose.process import service
from stead.render.compose.secret import RUN, secret_values
from stead.render.context import MAKERS, SERVERS


@dataclass(frozen=True, eq=False)
class ExpectedEnvironment:
    """One environment of a backend; `containers` are those that the stack has."""

    backend: Backend
    environment: Environment
    containers: frozenset[str] = frozenset()

    @cached_property
    def context(self) -> ComposeContext:
        proxied = (each.name for each in self.backend.processes if proxy_names(each.name)[0] in self.containers)
        return ComposeContext(self.backend, self.environment, frozenset(proxied))

    @cached_property
    def processes(self) -> dict[str, Process]:
        """What runs in this environment, by name."""
        return {process.name: process for process in self.context.processes}

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Who may reach whom."""
        return tuple(sorted(permitted(self.context)))

    @cached_property
    def may(self) -> dict[str, set[str]]:
        """With whom each container may share a network, in either direction."""
        found: dict[str, set[str]] = {name: set() for name in (*self.processes, *self.context.servers)}
        if self.backend.gateway is not None:
            found[agent_of(self.backend.gateway)] = set()
        for one, two in self.pairs:
            found.setdefault(one, set()).add(two)
            found.setdefault(two, set()).add(one)
        return found

    def wires(self, container: str) -> tuple[Wire, ...]:
        """Return what a container's process is told; of the gateway it is the agent that is told."""
        gateway = self.backend.gateway
        if gateway is not None and container == agent_of(gateway):
            return self.context.wires[gateway.name]
        process = self.processes.get(container)
        return () if process is None or isinstance(process, Gateway) else self.context.wires[process.name]

    def waits(self, container: str) -> set[str]:
        """Return the containers for which one waits."""
        process = self.processes.get(container)
        if isinstance(process, Service):
            return set(service(self.context, process).depends_on)
        return {server for server in self.context.servers if MAKERS.get(server) == container}

    def secrets(self, container: str) -> set[str]:
        """Return the secrets that are handed to a process: a database that two share has the name of one."""
        process = self.processes.get(container)
        return {secret for secret, _ in secret_values(self.context, process).values()} if process is not None else set()

    def buckets(self) -> dict[str, str]:
        """Return how each bucket is described, by the file that names it: as the one-shot is told."""
        found = {}
        for part in self.context.parts_in(SERVERS[Bucket]):
            if isinstance(part.resource, Bucket):
                versioned = "versioned" if part.resource.versioned else "plain"
                found[f"{RUN}/{part.secret}"] = f"{versioned}:{part.resource.expire_days or 0}"
        return found
