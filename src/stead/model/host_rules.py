"""The rules of a var with the host name of a service."""

from collections.abc import Iterator

from stead.model.backend import Backend, Process
from stead.model.environment import Environment
from stead.model.host_of import HostOf
from stead.model.problem import Problem
from stead.model.service import AnyService, Service
from stead.model.source_location import SourceLocation

Given = tuple[AnyService, str, HostOf, SourceLocation]


def hosts_are_reached(backend: Backend) -> Iterator[Problem]:
    """A host name is of an app that runs there, and that the process calls: nothing else leads to it."""
    for environment in backend.environments:
        for service, name, host, where in _given(backend, environment):
            for wrong, mend in _faults(backend, environment, service, host.service):
                yield Problem("SETTING005", f"{name} of {service.name} is the host of {wrong}", where, mend)


def known_by_host(backend: Backend, process: Process) -> tuple[AnyService, ...]:
    """Return the services whose host names a process has as vars, for another protocol than HTTP."""
    given = [each.values.get(process, {}) for each in backend.environments] if isinstance(process, Service) else []
    own = [process.values, *given] if isinstance(process, Service) else []
    return tuple(value.service for values in own for value in values.values() if isinstance(value, HostOf))


def _given(backend: Backend, environment: Environment) -> Iterator[Given]:
    """Yield each var that is a host name in an environment: an environment's own value comes before the service's."""
    for service in (each for each in backend.services if each not in environment.without):
        own = environment.values.get(service, {})
        for name, value in {**service.values, **own}.items():
            if isinstance(value, HostOf):
                yield service, name, value, environment.where if name in own else service.where


def _faults(
    backend: Backend, environment: Environment, caller: AnyService, callee: AnyService
) -> Iterator[tuple[str, str]]:
    """Yield why the callee is not reachable, as the end of a sentence, and the remedy."""
    name = callee.name
    if callee not in backend.services:
        yield f"{name}, which is not in the backend", f"add {name} to the backend's services"
    elif callee in environment.without:
        yield f"{name}, which does not run in {environment.name}", "give the var another value there"
    elif callee not in {edge.callee for edge in backend.edges_of(caller)}:
        yield f"{name}, which it does not call", f"declare the call: calls=[{name}.may()]"
    for each in (caller, callee):
        if not each.app:
            why = f"{name}, but {each.name} is a program with a proxy, which forwards only HTTP"
            yield why, "use an app, or an External for other protocols than HTTP"
    if environment.workers:
        yield f"{name}, a Worker without a host name in {environment.name}", "give the var another value there"


RULES = (hosts_are_reached,)
