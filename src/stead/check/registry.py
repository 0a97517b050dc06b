"""All rules, by family. A family is imported when one of its rules is asked for.

A rule's code starts with its family's name; `rules` takes whole codes or beginnings of codes. What the description says
of itself (numbers below 010) is one file, whatever the family.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib import import_module

from stead.check.rule import Cost, Rule

DESCRIPTION = "description"
FAMILIES = {
    "BACKEND": DESCRIPTION,
    "BOUNDARY": "boundary",
    "CALL": DESCRIPTION,
    "COMPOSE": "compose",
    "CONTRACT": "contract",
    "DRIFT": "drift",
    "ENVIRONMENT": DESCRIPTION,
    "FILE": "file",
    "GATEWAY": DESCRIPTION,
    "GITHUB": "github",
    "GITLAB": "gitlab",
    "GITOPS": "gitops",
    "HEALTH": "health",
    "HELM": "helm",
    "IMAGE": "image",
    "JOB": DESCRIPTION,
    "KUBERNETES": "kubernetes",
    "LIMIT": DESCRIPTION,
    "NAME": DESCRIPTION,
    "OBSERVE": "observe",
    "PATH": "path",
    "PIPELINE": DESCRIPTION,
    "RESOURCE": DESCRIPTION,
    "ROUTE": DESCRIPTION,
    "SECRET": "secret",
    "SERVICE": "service",
    "SETTING": "setting",
    "SILENCE": "silence",
    "SOPS": "sops",
    "TERRAFORM": "terraform",
    "WORKER": "worker",
}


class UnknownCodeError(ValueError):
    """A code, or the beginning of one, that no rule has; its text names what is near."""


def rules(
    select: Iterable[str] = (), ignore: Iterable[str] = (), costs: Iterable[Cost] = ("fast", "slow")
) -> list[Rule]:
    """Return the rules that are selected (none: all), not ignored, and of those costs; sorted by code.

    Raises UnknownCodeError for what begins no rule's code.
    """
    chosen, left_out, wanted = tuple(select), tuple(ignore), frozenset(costs)
    for word in (*chosen, *left_out):
        if not any(rule.code.startswith(word) for rule in _near(word)):
            raise UnknownCodeError(_unknown(word))
    found = (rule for word in chosen or ("",) for rule in _near(word) if rule.code.startswith(word))
    selected = {
        rule.code: rule for rule in found if rule.cost in wanted and not rule.code.startswith(left_out or ("-",))
    }
    return [selected[code] for code in sorted(selected)]


def rule_of(code: str) -> Rule:
    """Return the rule of a code; UnknownCodeError when there is none."""
    found = next((rule for rule in _near(code) if rule.code == code), None)
    if found is None:
        raise UnknownCodeError(_unknown(code))
    return found


def family_of(name: str) -> Iterator[Rule]:
    """Yield the rules of one family, each once."""
    for module in dict.fromkeys((FAMILIES[name], DESCRIPTION)):
        for rule in import_module(f"stead.check.{module}").RULES:
            if family_name(rule.code) == name:
                yield rule


def family_name(code: str) -> str:
    """Return the family's name of a rule's code."""
    return re.sub(r"\d.*", "", code)


def _near(word: str) -> Iterator[Rule]:
    """Yield the rules of every family that a word may be the beginning of, or that begins it."""
    for family in FAMILIES:
        if word.startswith(family) or family.startswith(word):
            yield from family_of(family)


def _unknown(word: str) -> str:
    codes = [rule.code for family in FAMILIES for rule in family_of(family)]
    near = get_close_matches(word, codes, 2) if word[-1:].isdigit() else get_close_matches(word, FAMILIES, 1)
    return f"there is no rule {word}" + (f"; did you mean {' or '.join(near)}?" if near else "; see stead explain")
