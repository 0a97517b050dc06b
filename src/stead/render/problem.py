"""Errors of rendering.

Errors of this package:
    RenderError      a promise of the description that a target cannot keep, or an edit that cannot be made: all at once
"""

from collections.abc import Iterable

from stead.model import Problem, SteadError


class RenderError(SteadError):
    """Nothing was rendered; `problems` holds all that is in the way, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda problem: (problem.place, problem.code, problem.message)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
