"""Networks from the declared calls: two containers share one only when one of them may call the other.

Each network is a group in which all pairs may. A network for each call would be as exact, but Docker has room for some
thirty on a machine; one for each callee would let its callers reach one another.
"""

import hashlib
from collections.abc import Iterable

Pair = tuple[str, str]
LONGEST = 80


def groups(pairs: Iterable[Pair], allowed: Iterable[Pair] = ()) -> tuple[tuple[str, ...], ...]:
    """Return few groups, found greedily: every required pair is in one, and every pair in a group is allowed.

    pairs    who must share a network
    allowed  who may
    """
    known = {frozenset(pair) for pair in pairs if pair[0] != pair[1]}
    neighbours: dict[str, set[str]] = {}
    for one, two in (sorted(pair) for pair in known | set(map(frozenset, allowed))):
        neighbours.setdefault(one, set()).add(two)
        neighbours.setdefault(two, set()).add(one)
    found: list[tuple[str, ...]] = []
    open_pairs = set(known)
    for pair in sorted(map(tuple, map(sorted, known))):
        if frozenset(pair) in open_pairs:
            group = _extended(pair, neighbours, open_pairs)
            open_pairs -= {frozenset((one, two)) for one in group for two in group if one != two}
            found.append(group)
    return tuple(found)


def _extended(
    pair: tuple[str, ...], neighbours: dict[str, set[str]], open_pairs: set[frozenset[str]]
) -> tuple[str, ...]:
    """Extend a pair by members that are allowed with all of it, and that cover another pair."""
    group = set(pair)
    common = neighbours[pair[0]] & neighbours[pair[1]]
    for name in sorted(common):
        serves = any(frozenset((name, other)) in open_pairs for other in group)
        if serves and group <= neighbours[name]:
            group.add(name)
    return tuple(sorted(group))


def name_of(group: tuple[str, ...]) -> str:
    """Return the name of a group's network: its members', or a digest of them where that would be too long."""
    name = "_".join(group)
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
