"""Cycles: services that wait for one another, where nobody said that it is meant."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Edge, Problem

Graph = dict[str, list[Edge]]


@rule("BOUNDARY015")
def cycles_have_a_reason(context: Context) -> Iterator[Problem]:
    """Services do not call one another in a cycle, unless one of the calls gives a reason.

    In a cycle no service can be started, tested or released first, and a slow one makes all of them slow. Reverse one
    call (the other side sends an event), move the shared part into a third service, or give the reason for the intended
    call: `Call(lambda: game, ("ensure",), because="…")`.
    """
    graph: Graph = {service.name: [] for service in context.services}
    for edge in context.backend.edges() if context.backend else ():
        if edge.caller.name in graph and edge.caller is not edge.callee and not edge.call.because:
            graph[edge.caller.name].append(edge)
    for names in _components(graph):
        cycle = _shortest_cycle(graph, names)
        shown = " → ".join([*(edge.caller.name for edge in cycle), cycle[0].caller.name])
        mend = 'reverse one call, or add because="…" to the call that is intended'
        message = f"services call one another in a cycle: {shown}"
        yield Problem("BOUNDARY015", message, cycle[-1].call.where, mend, cycle[0].call.where)


def _components(graph: Graph) -> Iterator[frozenset[str]]:
    """Yield the sets of services that all reach one another (Kosaraju), without recursion: a backend may be deep."""
    back: dict[str, list[str]] = {name: [] for name in graph}
    for name, edges in graph.items():
        for edge in edges:
            back[edge.callee.name].append(name)
    taken: set[str] = set()
    for name in reversed(_finished(graph)):
        component = _reached(name, back, taken)
        if len(component) > 1:
            yield component


def _finished(graph: Graph) -> list[str]:
    """Return the services in the order in which a walk in depth is done with them."""
    done: dict[str, None] = {}
    begun: set[str] = set()
    for root in graph:
        work = [(root, iter(graph[root]))] if root not in begun else []
        begun.add(root)
        while work:
            name, edges = work[-1]
            edge = next((edge for edge in edges if edge.callee.name not in begun), None)
            if edge is None:
                done[name] = None
                work.pop()
            else:
                begun.add(edge.callee.name)
                work.append((edge.callee.name, iter(graph[edge.callee.name])))
    return list(done)


def _reached(start: str, back: dict[str, list[str]], taken: set[str]) -> frozenset[str]:
    """Return what leads to a service and is not taken yet, and take it."""
    waiting = [start] if start not in taken else []
    taken.update(waiting)
    for name in waiting:
        found = [before for before in dict.fromkeys(back[name]) if before not in taken]
        taken.update(found)
        waiting += found
    return frozenset(waiting)


def _shortest_cycle(graph: Graph, component: frozenset[str]) -> list[Edge]:
    """Return a shortest cycle from the component's first service back to it."""
    start = next(name for name in graph if name in component)
    came: dict[str, list[Edge]] = {start: []}
    waiting = [start]
    for name in waiting:
        for edge in graph[name]:
            way = [*came[name], edge]
            if edge.callee.name == start:
                return way
            if edge.callee.name in component and edge.callee.name not in came:
                came[edge.callee.name] = way
                waiting.append(edge.callee.name)
    raise AssertionError("a component has a cycle through each of its services")


RULES = (cycles_have_a_reason,)
