"""Difference: something that was generated from the description, and is not as it would be made now."""

from dataclasses import dataclass
from typing import Literal

from stead.check.fix import Command
from stead.model import Problem, SourceLocation

State = Literal["stale", "missing", "orphaned", "edited", "impossible"]


@dataclass(frozen=True)
class Drifted:
    """Something that is not as it would be made; `command` makes it so, where nothing is lost by that."""

    state: State
    message: str
    place: SourceLocation
    mend: str
    also: SourceLocation | None = None
    command: Command | None = None

    def problem(self, code: str) -> Problem:
        return Problem(code, self.message, self.place, self.mend, self.also)
