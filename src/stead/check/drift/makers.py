"""Makers: who makes what of a description, and so can tell how what is there differs from it.

A new kind of made thing is a file here and a line in MAKERS. What is made from a service's code instead, its
`openapi.json`, is held by the family of contracts, since that takes an import of the code.
"""

from collections.abc import Callable, Iterator

from stead.check.drift import picture, rendered
from stead.check.drift.drifted import Drifted
from stead.check.seen import Seen

MAKERS: tuple[Callable[[Seen], Iterator[Drifted]], ...] = (picture.drifted, rendered.drifted)


def drifted(seen: Seen) -> tuple[Drifted, ...]:
    """Return all that differs; nothing while the description cannot be used."""
    return seen.once(_drifted)


def _drifted(seen: Seen) -> tuple[Drifted, ...]:
    if seen.backend is None or seen.problems:
        return ()
    return tuple(each for maker in MAKERS for each in maker(seen))
