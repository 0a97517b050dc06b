"""The ports of a backend's commands: behind the proxy, and for calls to each callee."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from stead.gateway.deployment import Socket
from stead.gateway.proxy.deployment import Inbound, Outbound
from stead.gateway.proxy.program import is_program, listens, longest, operations, signs, speaks_grpc, streams
from stead.model import Backend, Environment, Process, Service
from stead.run.port import HOST, Ports


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
            if isinstance(process, Service) and listens(process):
                self.inner[process.name] = self._port(process, inner.get(process.name))
            for edge in backend.edges_of(process):
                pair = (process.name, edge.callee.name)
                if edge.callee not in environment.without and pair not in self.calls:
                    self.calls[pair] = calls.get(pair) or self.ports.free()

    def _port(self, service: Service, before: int | None) -> int:
        """Return where a program listens: on its own port, or on the one that it had, or on a free one."""
        if not isinstance(service.port, int):
            return before or self.ports.free()
        return service.port if service.port == before else self.ports.take_for(service.port, service.name)

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
        return tuple(
            Outbound(
                caller.name,
                callee.name,
                Socket(HOST, self.calls[caller.name, callee.name]),
                Socket(HOST, listening[callee.name]),
                granted,
                longest(callee, granted),
                streams(callee, granted),
                speaks_grpc(callee),
                signs(caller),
            )
            for caller in backend.processes
            for callee, granted in operations(backend, caller).items()
            if (caller.name, callee.name) in self.calls
        )
