"""What makes the calls of a description unusable."""

from collections.abc import Iterator

from stead.model.backend import Backend, Process
from stead.model.call import FRONT, Call
from stead.model.gateway import Gateway
from stead.model.problem import Problem
from stead.model.wiring import url_setting


def calls_stay_inside(backend: Backend) -> Iterator[Problem]:
    """A call goes to a service that is in the backend, by an operation that it offers."""
    for caller in backend.processes:
        for call in caller.calls:
            yield from _call_problems(backend, caller, call)


def _call_problems(backend: Backend, caller: Process, call: Call) -> Iterator[Problem]:
    callee = call.callee
    if not any(service is callee for service in backend.services):
        message = f"{caller.name} calls {callee.name}, which is not in the backend"
        yield Problem("CALL001", message, call.where, f"add {callee.name} to the backend's services", callee.where)
        return
    for operation in call.operations:
        if operation == FRONT and isinstance(caller, Gateway):
            continue
        if operation == FRONT:
            message = f"{caller.name} calls {callee.name} for {FRONT!r}, which only a gateway does"
            yield Problem("CALL004", message, call.where, "name one of the callee's own operations", callee.where)
        elif operation not in callee.operations:
            offered = ", ".join(sorted(callee.operations)) or "no operation"
            message = f"{caller.name} calls {callee.name} for {operation!r}, which it does not offer"
            yield Problem("CALL002", message, call.where, f"{callee.name} offers {offered}", callee.where)
    for key in call.keys:
        if key not in callee.keys:
            keys = ", ".join(sorted(callee.keys)) or "nothing"
            message = f"{caller.name} calls {callee.name} for the key {key}, which it does not have"
            yield Problem("CALL005", message, call.where, f"{callee.name} holds {keys}", callee.where)


def urls_do_not_collide(backend: Backend) -> Iterator[Problem]:
    """Two callees of one caller are found in two settings."""
    for caller in backend.processes:
        first_with: dict[str, str] = {}
        for edge in backend.edges_of(caller):
            setting = url_setting(caller, edge.callee).name
            if first_with.setdefault(setting, edge.callee.name) != edge.callee.name:
                message = (
                    f"{caller.name} has the same setting {setting} for {first_with[setting]} and {edge.callee.name}"
                )
                yield Problem("CALL003", message, edge.call.where, "rename one of them")


RULES = (calls_stay_inside, urls_do_not_collide)
