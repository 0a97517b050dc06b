"""Pure decisions: which seat is free, and an automatic assignment that heeds wishes.

Automatic assignment is greedy: people who want to be together are placed as one party, the largest first, into the
group with the most room in which nobody is whom one of them wants to be apart from. A solver would find more, and
nobody could say why; an organizer moves the rest by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wishes:
    """Pairs of users who want to be together, or apart. To be apart is heeded when one of the two wants it."""

    together: frozenset[frozenset[str]] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()

    def against(self, user: str, others: Iterable[str]) -> bool:
        return any(frozenset((user, other)) in self.apart for other in others)


def free_seat(capacity: int, taken: Iterable[int], preferred: int | None = None) -> int | None:
    """Return the wanted seat or the first free one; None when it is taken or there is none."""
    used = set(taken)
    seats = [preferred] if preferred is not None else range(1, capacity + 1)
    return next((seat for seat in seats if 1 <= seat <= capacity and seat not in used), None)


def parties(users: Sequence[str], wishes: Wishes) -> list[list[str]]:
    """Return users in parties that stay together, the largest first; both of a pair have to want it.

    Two parties are not joined when anybody of the one wants to be apart from anybody of the other.
    """
    party_of = {user: [user] for user in users}
    for pair in sorted(map(sorted, wishes.together)):
        if len(pair) < 2 or not all(user in party_of for user in pair):
            continue
        one, two = (party_of[user] for user in pair)
        if one is not two and not any(wishes.against(user, two) for user in one):
            one += two
            party_of |= dict.fromkeys(two, one)
    distinct = {id(party): party for party in party_of.values()}
    return sorted(distinct.values(), key=lambda party: -len(party))


def assign(
    users: Sequence[str], free: Mapping[str, int], present: Mapping[str, Sequence[str]], wishes: Wishes
) -> dict[str, str]:
    """Return a group for each user who fits somewhere.

    free     the free seats of each group
    present  who is in each group already
    """
    left, inside = dict(free), {group: list(present.get(group, ())) for group in free}
    placed: dict[str, str] = {}
    for party in parties(users, wishes):
        fits_together = _fits(party, left, inside, wishes)
        for members in [party] if fits_together else [[user] for user in party]:
            group = _fits(members, left, inside, wishes)
            if group is None:
                continue
            placed |= dict.fromkeys(members, group)
            left[group] -= len(members)
            inside[group] += members
    return placed


def _fits(
    members: Sequence[str], left: Mapping[str, int], inside: Mapping[str, Sequence[str]], wishes: Wishes
) -> str | None:
    """Return the roomiest group that takes all of them; None when there is none."""
    rooms = [
        group
        for group, room in left.items()
        if room >= len(members) and not any(wishes.against(user, inside[group]) for user in members)
    ]
    return max(rooms, key=lambda group: (left[group], group), default=None)
