"""Rule: one thing that must hold, one small function that finds where it does not.

The function's docstring is the rule's page: its first line says what must hold, the rest says why, and what to do.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from stead.check.context import Context
from stead.check.fix import Step
from stead.model.problem import Problem

Severity = Literal["error", "warning"]
Cost = Literal["fast", "slow", "live", "history"]
Find = Callable[[Context], Iterator[Problem]]
Offer = Callable[[Context, Problem], Sequence[Step]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    cost  `fast`: reads files only, and runs before a commit; `slow`: imports code or starts a program; `live`: asks a
          backend that runs; `history`: reads past commits. The last two run only when asked for
    fix   offers the steps that fix one of the rule's problems; none where a person must decide
    shown whether the line that it points at may be shown: not where it holds a secret
    sure  whether most of what it finds is to be fixed; the rest is told with `--strict` only
    """

    code: str
    severity: Severity
    cost: Cost
    find: Find
    fix: Offer | None = None
    shown: bool = True
    sure: bool = True

    @property
    def title(self) -> str:
        """What must hold, in one line without its full stop."""
        return self.page.splitlines()[0].rstrip(".")

    @property
    def page(self) -> str:
        """The rule's page, as its function's docstring has it."""
        return inspect.getdoc(self.find) or ""


def rule(
    code: str,
    *,
    severity: Severity = "error",
    cost: Cost = "fast",
    fix: Offer | None = None,
    shown: bool = True,
    sure: bool = True,
) -> Callable[[Find], Rule]:
    """Make a rule of a function: `@rule("SETTING010")`. The family's `RULES` lists it."""
    return lambda find: Rule(code, severity, cost, find, fix, shown, sure)
