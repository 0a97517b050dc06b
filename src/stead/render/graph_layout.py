"""Graph layout: an order that draws a graph from left to right, with as few crossings as a simple sweep finds.

Sugiyama's way in its four steps: turn the arrows of cycles around, put each node right of all that point at it, fill
long arrows with points so that they pass between the nodes, and sort each layer by where its neighbours are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 8

Arrow = tuple[str, str]


@dataclass
class Layers:
    """Nodes by layer, in order from above. `chains` has for each arrow the nodes and points that it passes, from left
    to right; `turned` are the arrows that point to the left."""

    rows: list[list[str]] = field(default_factory=list)
    chains: dict[Arrow, list[str]] = field(default_factory=dict)
    turned: set[Arrow] = field(default_factory=set)


def layers(nodes: Sequence[str], arrows: Iterable[Arrow]) -> Layers:
    """Return the layers of a graph; an arrow from a node to itself is left out."""
    given = [arrow for arrow in dict.fromkeys(arrows) if arrow[0] != arrow[1]]
    made = Layers(turned=_turned(nodes, given))
    forward = {arrow: arrow[::-1] if arrow in made.turned else arrow for arrow in given}
    place = _places(nodes, set(forward.values()))
    made.rows = [[] for _ in range(max(place.values(), default=-1) + 1)]
    for node in nodes:
        made.rows[place[node]].append(node)
    for arrow, (left, right) in forward.items():
        points = [f"{arrow[0]} {arrow[1]} {number}" for number in range(place[left] + 1, place[right])]
        made.chains[arrow] = [left, *points, right]
        for number, point in enumerate(points, start=place[left] + 1):
            made.rows[number].append(point)
    _sort(made)
    return made


def _turned(nodes: Sequence[str], arrows: Sequence[Arrow]) -> set[Arrow]:
    """Return the arrows that close a cycle, walking in the order that is given."""
    after: dict[str, list[str]] = defaultdict(list)
    for one, two in arrows:
        after[one].append(two)
    turned: set[Arrow] = set()
    done: set[str] = set()

    def walk(node: str, path: frozenset[str]) -> None:
        for follower in after[node]:
            if follower in path:
                turned.add((node, follower))
            elif follower not in done:
                walk(follower, path | {follower})
        done.add(node)

    for node in nodes:
        if node not in done:
            walk(node, frozenset({node}))
    return turned


def _places(nodes: Sequence[str], arrows: set[Arrow]) -> dict[str, int]:
    """Return how many arrows are before each node at the most."""
    before: dict[str, list[str]] = {node: [] for node in nodes}
    for one, two in arrows:
        before[two].append(one)
    place: dict[str, int] = {}

    def find(node: str) -> int:
        if node not in place:
            place[node] = 1 + max((find(each) for each in before[node]), default=-1)
        return place[node]

    for node in nodes:
        find(node)
    return place


def _sort(made: Layers) -> None:
    """Move each node to the middle of its neighbours, from the left and from the right in turn."""
    beside: tuple[dict[str, list[str]], dict[str, list[str]]] = (defaultdict(list), defaultdict(list))
    for chain in made.chains.values():
        for left, right in pairwise(chain):
            beside[0][right].append(left)
            beside[1][left].append(right)
    for sweep in range(SWEEPS):
        rows = made.rows if sweep % 2 == 0 else made.rows[::-1]
        for earlier, row in pairwise(rows):
            at = {node: number / max(1, len(earlier) - 1) for number, node in enumerate(earlier)}
            here = {node: number / max(1, len(row) - 1) for number, node in enumerate(row)}
            row.sort(key=lambda node: _middle(beside[sweep % 2][node], at, here[node]))


def _middle(neighbours: list[str], at: dict[str, float], otherwise: float) -> float:
    return sum(at[each] for each in neighbours) / len(neighbours) if neighbours else otherwise
