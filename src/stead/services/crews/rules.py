"""Pure decisions: which seat is free, and an automatic assignment that heeds wishes.

Automatic assignment is greedy: people who want to be together are placed as one party, the largest first, into the
group with the most free seats without a conflicting wish. Rejected: a solver, whose result is hard to explain; an
organizer assigns the rest by hand.
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


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a group, and who is in it; `weight` in kilograms, None where it does not matter."""

    seats: int
    users: tuple[str, ...] = ()
    weight: int | None = None

    def takes(self, number: int, weight: int | None) -> bool:
        """Tell whether so many people fit. Where weight matters, nobody whose weight is unknown does."""
        return number <= self.seats and (self.weight is None or (weight is not None and weight <= self.weight))

    def without(self, members: Sequence[str], weight: int | None) -> "Room":
        """Return what is left once these people have their places."""
        left = None if self.weight is None else self.weight - (weight or 0)
        return Room(self.seats - len(members), (*self.users, *members), left)


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


def assign(weights: Mapping[str, int | None], rooms: Mapping[str, Room], wishes: Wishes) -> dict[str, str]:
    """Return a group for each user who fits somewhere.

    weights  what each user weighs, in kilograms; None where nobody said
    rooms    what is left of each group
    """
    left = dict(rooms)
    placed: dict[str, str] = {}
    for party in parties([*weights], wishes):
        together = _fits(party, weights, left, wishes)
        for members in [party] if together else [[user] for user in party]:
            group = _fits(members, weights, left, wishes)
            if group is None:
                continue
            placed |= dict.fromkeys(members, group)
            left[group] = left[group].without(members, load(weights[user] for user in members))
    return placed


def load(weights: Iterable[int | None]) -> int | None:
    """Return the sum of weights; None when one of them is unknown."""
    known = list(weights)
    return None if None in known else sum(weight for weight in known if weight is not None)


def _fits(
    members: Sequence[str], weights: Mapping[str, int | None], left: Mapping[str, Room], wishes: Wishes
) -> str | None:
    """Return the roomiest group that takes all of them; None when there is none."""
    weight = load(weights[user] for user in members)
    fitting = [
        group
        for group, room in left.items()
        if room.takes(len(members), weight) and not any(wishes.against(user, room.users) for user in members)
    ]
    return max(fitting, key=lambda group: (left[group].seats, group), default=None)
