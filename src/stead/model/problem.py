"""Problems of a description, with the remedy.

Errors of this package:
    SteadError                  an error that the user can fix
    └── DescriptionError        a backend.py that cannot be used: every problem at once
"""

from collections.abc import Iterable
from dataclasses import dataclass

from stead.model.source_location import SourceLocation


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: a stable code, one sentence, the place, and the fix.

    `also` is the second of two contradictory places. `sure` is False for a finding that many correct repositories have:
    it is reported on request.
    """

    code: str
    message: str
    place: SourceLocation
    mend: str = ""
    also: SourceLocation | None = None
    sure: bool = True

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.code} {self.message}"]
        lines += [f"  also: {self.also}"] if self.also else []
        lines += [f"  fix: {self.mend}"] if self.mend else []
        return "\n".join(lines)


class SteadError(Exception):
    """An error that the user can fix. Its text is printed as it is, without a stack trace."""


class DescriptionError(SteadError):
    """A description that cannot be used; `problems` holds all that is wrong, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.place, problem.code)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
