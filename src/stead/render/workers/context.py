"""A backend in one environment on Workers: the kind, the name and the settings of each process."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from stead.model import AnyService, Backend, Environment, Gateway, Setting, Workers
from stead.model import wiring as symbol
from stead.model.workers_validation import deployments, worker_name

FOLDER = "workers"
Kind = Literal["gateway", "worker", "container"]
Deployed = AnyService | Gateway
SHARED = symbol.PRIVATE_KEY.name


@dataclass(frozen=True, eq=False)
class WorkersContext:
    """One environment; jobs are not among its processes, since nothing there runs a process that ends."""

    backend: Backend
    environment: Environment
    workers: Workers

    @cached_property
    def processes(self) -> tuple[Deployed, ...]:
        edge = (self.backend.gateway,) if self.backend.gateway else ()
        return (*edge, *(each for each in self.backend.services if each not in self.environment.without))

    @cached_property
    def wires(self) -> Mapping[str, tuple[symbol.Wire, ...]]:
        return {each.name: symbol.wires(self.backend, each, self.environment) for each in self.processes}

    def kind_of(self, process: Deployed) -> Kind:
        if isinstance(process, Gateway):
            return "gateway"
        return "worker" if self.workers.source_of(process) else "container"

    def worker_name(self, process: Deployed) -> str:
        return worker_name(self.backend.name, process.name, self.environment.name)

    def callees(self, process: Deployed) -> dict[str, AnyService]:
        """Return the services that a process calls here, by the name of its binding, sorted."""
        found = {
            symbol.binding_name(process, edge.callee): edge.callee
            for edge in self.backend.edges_of(process)
            if edge.callee in self.processes
        }
        return dict(sorted(found.items()))

    def scopes(self, process: Deployed) -> dict[str, str]:
        """Return the claims of a process's service tokens, by callee."""
        found: dict[str, set[str]] = {}
        for edge in self.backend.edges_of(process):
            if edge.callee in self.processes:
                found.setdefault(edge.callee.name, set()).update(edge.call.grants)
        return {name: " ".join(sorted(operations)) for name, operations in sorted(found.items())}

    def is_public(self, process: Deployed) -> bool:
        """Return whether it has an address on workers.dev: the gateway, and callees of containers, which have no
        bindings.
        """
        callers = [each for each in self.processes if self.kind_of(each) == "container"]
        return isinstance(process, Gateway) or any(process in self.callees(each).values() for each in callers)

    def secrets(self, process: Deployed, *, required: bool) -> tuple[Setting, ...]:
        """Return the secrets that are uploaded for a process: those that it must have, or those that it may have."""
        secret = [wire for wire in self.wires[process.name] if wire.setting.secret or _is_address(wire)]
        must = {wire.setting.name: wire.setting for wire in secret if _is_required(wire)}
        if not isinstance(process, Gateway) and self.backend.callers(process):
            must.setdefault(SHARED, symbol.PRIVATE_KEY)
        may = {wire.setting.name: wire.setting for wire in secret if wire.setting.name not in must}
        found = must if required else may
        return tuple(found[name] for name in sorted(found))

    def source_name(self, process: Deployed, setting: Setting) -> str:
        """Return the name under which a person gives a value; the service's stands before it where each has its own."""
        own = any(
            wire.setting.name == setting.name and isinstance(wire.value, symbol.AddressOf)
            for wire in self.wires[process.name]
        )
        return f"{process.name.upper().replace('-', '_')}_{setting.name}" if own else setting.name

    def supplied(self, process: Deployed) -> tuple[Setting, ...]:
        """Return the vars that a person gives at a deploy: those that have no value and no default."""
        return tuple(
            wire.setting
            for wire in self.wires[process.name]
            if isinstance(wire.value, symbol.Supplied) and wire.setting.required and not wire.setting.secret
        )

    def addresses(self, process: Deployed) -> dict[str, str]:
        """Return the vars that hold a callee's address: of a container only, since bindings do not reach into it."""
        if self.kind_of(process) != "container":
            return {}
        return {symbol.url_setting(process, callee).name: callee.name for callee in self.callees(process).values()}


def _is_address(wire: symbol.Wire) -> bool:
    """Return whether the address of a resource, or a part of it, is a given secret."""
    return isinstance(wire.value, symbol.AddressOf)


def _is_required(wire: symbol.Wire) -> bool:
    return wire.setting.required or not isinstance(wire.value, symbol.Supplied)


def contexts(backend: Backend) -> tuple[WorkersContext, ...]:
    """Return the environments that are deployed to Workers."""
    return tuple(WorkersContext(backend, environment, workers) for environment, workers in deployments(backend))
