"""The order in which Compose starts services, without the edges that other edges already imply.

Compose walks every path of `depends_on`, and a graph in which each service names all that it calls has millions. The
result is the transitive reduction: the same order with the fewest edges.
"""

from collections.abc import Mapping
from dataclasses import replace

from stead.render.compose.spec import ComposeFile, ComposeService, Condition, DependsOn
from stead.render.cycles import dependency_cycles

Graph = Mapping[str, Mapping[str, DependsOn]]
IMPLIED: Mapping[Condition, tuple[Condition, ...]] = {  # for each required condition: the conditions that imply it
    "service_started": ("service_started", "service_healthy", "service_completed_successfully"),
    "service_healthy": ("service_healthy",),
    "service_completed_successfully": ("service_completed_successfully",),
}


def reduced(file: ComposeFile) -> ComposeFile:
    """Return a file that starts in the same order with the fewest edges; one with a cycle is left as it is."""
    graph: Graph = {name: each.depends_on for name, each in file.services.items()}
    numbers = dependency_cycles({name: [other for other in on if other in graph] for name, on in graph.items()})
    if len(set(numbers.values())) < len(numbers):
        return file
    below: dict[str, frozenset[tuple[str, Condition]]] = {}
    for name in graph:
        _collect(name, graph, below)
    return replace(file, services={name: _service(each, below) for name, each in file.services.items()})


def _collect(start: str, graph: Graph, below: dict[str, frozenset[tuple[str, Condition]]]) -> None:
    """Compute the conditions that hold before a service starts; without recursion, since chains may be long."""
    work = [start]
    while work:
        name = work[-1]
        waiting = [other for other in graph.get(name, {}) if other not in below]
        if waiting:
            work += waiting
            continue
        work.pop()
        direct = graph.get(name, {})
        own = {(other, on.condition) for other, on in direct.items()}
        below[name] = frozenset(own.union(*(below[other] for other in direct)))


def _service(each: ComposeService, below: Mapping[str, frozenset[tuple[str, Condition]]]) -> ComposeService:
    """Remove edges that others imply; never one that restarts the service."""
    implied = frozenset[tuple[str, Condition]]().union(*(below[other] for other in each.depends_on))
    needed = {
        other: on
        for other, on in each.depends_on.items()
        if on.restart or not any((other, condition) in implied for condition in IMPLIED[on.condition])
    }
    return replace(each, depends_on=needed)
