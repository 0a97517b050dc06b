"""The history of a release file: what an environment ran, and what it was brought back from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stead.render.kubernetes.release import Release


@dataclass(frozen=True, slots=True)
class Shipped:
    """A commit of a release file: its subject, and the release."""

    subject: str
    release: Release


def standing(history: Iterable[Shipped], back: str) -> Sequence[Release]:
    """Return the releases that no rollback has undone, the oldest first: the last one is that of now.

    history  the oldest first
    back     what the subject of a rollback begins with

    A second rollback leads further back, and not to the version that the first one undid.
    """
    found: list[Release] = []
    for each in history:
        if each.subject.startswith(back) and each.release in found:
            last = len(found) - 1 - found[::-1].index(each.release)
            del found[last + 1 :]
        elif each.release.images and found[-1:] != [each.release]:
            found.append(each.release)
    return found
