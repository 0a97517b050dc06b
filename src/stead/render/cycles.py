"""Cycles in a graph: groups of nodes that all reach one another (Tarjan's strongly connected components)."""

from collections.abc import Mapping, Sequence


def dependency_cycles(graph: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Number the groups; a node that is in no cycle has a number of its own. Without recursion: graphs may be deep."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    found: dict[str, int] = {}
    path: list[str] = []
    for start in graph:
        if start not in order:
            _walk(start, graph, order, low, path, found)
    return found


def _walk(
    start: str,
    graph: Mapping[str, Sequence[str]],
    order: dict[str, int],
    low: dict[str, int],
    path: list[str],
    found: dict[str, int],
) -> None:
    work = [(start, iter(graph[start]))]
    order[start] = low[start] = len(order)
    path.append(start)
    while work:
        node, others = work[-1]
        for other in others:
            if other not in order:
                order[other] = low[other] = len(order)
                path.append(other)
                work.append((other, iter(graph[other])))
                break
            if other not in found:
                low[node] = min(low[node], order[other])
        else:
            _close(node, low, order, path, found)
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])


def _close(node: str, low: dict[str, int], order: dict[str, int], path: list[str], found: dict[str, int]) -> None:
    if low[node] != order[node]:
        return
    while node not in found:
        found[path.pop()] = order[node]
