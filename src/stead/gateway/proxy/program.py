"""The processes that are programs in any language, and their calls."""

from collections.abc import Iterable, Mapping

from stead.model import AnyService, Backend, Gateway, Job, Process
from stead.model.call import FRONT
from stead.model.route import DEADLINE


def is_program(process: Process) -> bool:
    """Return whether a process is a program in any language, or a Worker: no code of Stead is in it, so a proxy is."""
    if isinstance(process, Gateway):
        return False
    return bool(process.command or process.image or process.build) or is_worker(process)


def is_worker(process: Process) -> bool:
    """Return whether a process is a Worker of Cloudflare's."""
    return not isinstance(process, Job | Gateway) and bool(process.worker)


def is_proxied(process: Process) -> bool:
    """Return whether a process has a proxy of its own where it runs in a container: it is called, or calls."""
    return is_program(process) and not is_worker(process) and (listens(process) or bool(process.calls))


def listens(process: Process) -> bool:
    """Return whether a process accepts calls: jobs and workers do not."""
    return not isinstance(process, Job | Gateway) and not process.is_worker


def operations(backend: Backend, caller: Process) -> Mapping[AnyService, tuple[str, ...]]:
    """Return the operations for which a process calls each callee, in the order of the callees' names."""
    found: dict[AnyService, set[str]] = {}
    for edge in backend.edges_of(caller):
        found.setdefault(edge.callee, set()).update(edge.call.grants)
    return {callee: tuple(sorted(found[callee])) for callee in sorted(found, key=lambda each: each.name)}


def streams(callee: AnyService, granted: Iterable[str]) -> bool:
    """Return whether one of the routes for these operations is a stream or a socket."""
    wanted = set(granted)
    return any(route.streams or route.websocket for route in callee.routes if route.operation in wanted)


def speaks_grpc(service: AnyService) -> bool:
    """Return whether a program answers gRPC on its port."""
    return service.health.grpc or any(route.grpc for route in service.routes)


def signs(process: Process) -> bool:
    """Return whether a program signs its calls by itself."""
    return not isinstance(process, Job | Gateway) and process.signs


def longest(callee: AnyService, granted: Iterable[str]) -> float:
    """Return the seconds that the slowest route may take among those for these operations."""
    wanted = set(granted)
    routes = [route for route in callee.routes if route.operation in wanted or FRONT in wanted]
    return max((route.timeout for route in routes), default=DEADLINE)
