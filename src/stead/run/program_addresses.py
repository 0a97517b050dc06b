"""Where the commands of a backend are: the ports behind the proxy, and those through which each asks its callees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from stead.gateway.deployment import Socket
from stead.gateway.proxy.deployment import Inbound, Outbound
from stead.gateway.proxy.timeout import longest
from stead.model import Backend, Environment, Gateway, Process, Service
from stead.run.port import HOST, Ports


def is_program(process: Process) -> bool:
    """Tell whether a process is a program in any language, or a Worker: no code of Stead is in it, so the proxy is."""
    if isinstance(process, Gateway):
        return False
    return bool(process.command or (isinstance(process, Service) and process.worker))


@dataclass
class ProgramAddresses:
    """The ports of all programs.

    inner  per program, where it listens; only the proxy and the supervisor ask there
    calls  per program and callee, where the program asks
    """

    ports: Ports
    inner: dict[str, int] = field(default_factory=dict)
    calls: dict[tuple[str, str], int] = field(default_factory=dict)

    def plan(
        self,
        backend: Backend,
        running: Iterable[Process],
        environment: Environment,
        previous: "ProgramAddresses | None" = None,
    ) -> None:
        """Give a port to each program and each of its calls; the one that it had, where there was one."""
        inner, calls = (previous.inner, previous.calls) if previous else ({}, {})
        for process in filter(is_program, running):
            if isinstance(process, Service):
                self.inner[process.name] = inner.get(process.name) or self.ports.free()
            for edge in backend.edges_of(process):
                pair = (process.name, edge.callee.name)
                if edge.callee not in environment.without and pair not in self.calls:
                    self.calls[pair] = calls.get(pair) or self.ports.free()

    def inbound(self, backend: Backend, listening: Mapping[str, int], keys: Mapping[str, str]) -> tuple[Inbound, ...]:
        """Return the programs that are called, each with its callers; `keys` has each caller's public JWK set."""
        return tuple(
            Inbound(
                service,
                Socket(HOST, listening[service.name]),
                Socket(HOST, self.inner[service.name]),
                callers,
                {name: keys[name] for name in callers},
            )
            for service in backend.services
            if service.name in self.inner
            for callers in (backend.callers(service),)
        )

    def outbound(self, backend: Backend, listening: Mapping[str, int]) -> tuple[Outbound, ...]:
        """Return the calls of all programs."""
        grouped: dict[tuple[str, str], set[str]] = {}
        callees = {service.name: service for service in backend.services}
        for edge in backend.edges():
            if (edge.caller.name, edge.callee.name) in self.calls:
                grouped.setdefault((edge.caller.name, edge.callee.name), set()).update(edge.call.grants)
        return tuple(
            Outbound(
                caller,
                callee,
                Socket(HOST, self.calls[caller, callee]),
                Socket(HOST, listening[callee]),
                tuple(sorted(operations)),
                longest(callees[callee], operations),
            )
            for (caller, callee), operations in grouped.items()
        )
