"""Made: everything that is made from a description and committed, and how what is there differs from it.

A maker looks at a backend and its files, and yields what differs. A new kind of made thing is a file here and a line in
MAKERS. What is made from a service's code instead, its `openapi.json`, is held by the family of contracts, since that
takes an import of the code.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from stead.check.fix import Command
from stead.check.seen import Seen
from stead.model import Place, Problem

State = Literal["stale", "missing", "orphaned", "edited", "impossible"]


@dataclass(frozen=True)
class Drifted:
    """Something that is not as it would be made; `command` makes it so, where nothing is lost by that."""

    state: State
    message: str
    place: Place
    mend: str
    also: Place | None = None
    command: Command | None = None

    def problem(self, code: str) -> Problem:
        return Problem(code, self.message, self.place, self.mend, self.also)


Maker = Callable[[Seen], Iterator[Drifted]]


def drifted(seen: Seen) -> tuple[Drifted, ...]:
    """Return all that differs; nothing while the description cannot be used."""
    return seen.once(_drifted)


def _drifted(seen: Seen) -> tuple[Drifted, ...]:
    from stead.check.drift import picture, rendered

    makers: tuple[Maker, ...] = (picture.drifted, rendered.drifted)
    if seen.backend is None or seen.problems:
        return ()
    return tuple(each for maker in makers for each in maker(seen))
