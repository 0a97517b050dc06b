"""All rules, by family. A family is imported when one of its rules is asked for.

A rule's code starts with its family's name; `rules` takes whole codes or beginnings of codes.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module

from stead.check.rule import Cost, Rule

FAMILIES = {
    "SETTING": "setting",
}


def rules(
    select: Iterable[str] = (), ignore: Iterable[str] = (), costs: Iterable[Cost] = ("fast", "slow")
) -> list[Rule]:
    """Return the rules that are selected (none: all), not ignored, and of those costs; sorted by code."""
    chosen, left_out, wanted = tuple(select), tuple(ignore), frozenset(costs)
    found = [
        rule
        for family in FAMILIES
        if not chosen or any(code.startswith(family) or family.startswith(code) for code in chosen)
        for rule in family_of(family)
    ]
    return sorted(
        (
            rule
            for rule in found
            if rule.cost in wanted
            and (not chosen or rule.code.startswith(chosen))
            and not (left_out and rule.code.startswith(left_out))
        ),
        key=lambda rule: rule.code,
    )


def family_of(name: str) -> Iterator[Rule]:
    """Yield the rules of one family."""
    yield from import_module(f"stead.check.{FAMILIES[name]}").RULES
