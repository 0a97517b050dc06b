"""Silences: what is left out has a reason, and there is something to leave out."""

from collections.abc import Iterator

from stead.check.context import Context, place
from stead.check.registry import UnknownCodeError, rule_of
from stead.check.rule import rule
from stead.model import Problem


@rule("SILENCE010")
def a_silence_has_a_reason(context: Context) -> Iterator[Problem]:
    """A silence has a reason beside it.

    A later reader of `stead: ignore[…]` must be able to decide whether it is still valid. One without a reason has no
    effect. Write the reason after the bracket, on the same line.
    """
    for path, at in context.each("silences"):
        if not at.more:
            message = f"this silence of {at.text} has no reason, so it has no effect"
            yield Problem("SILENCE010", message, place(path, at), "write the reason after the bracket")


@rule("SILENCE011", severity="warning")
def a_silence_is_of_use(context: Context) -> Iterator[Problem]:
    """A silence matches a finding.

    One for a fixed finding would hide a later one. Remove it. A silence is on the line of the finding or on the line
    before; for a finding about a whole file, on the first two lines of that file. The rule skips silences of rules that
    were not applied, such as those that need `--live`.
    """
    if context.backend is None or context.problems:
        return  # many rules had nothing to check
    for path, at in context.each("silences"):
        if not at.more:
            continue
        if at.text in context.answered and (str(path), at.line, at.text) not in context.used:
            message = f"there is no {at.text} here to silence"
            yield Problem("SILENCE011", message, place(path, at), "remove the silence")
        elif at.text not in context.answered and not _is_a_rule(at.text):
            message = f"there is no rule {at.text} to silence"
            yield Problem("SILENCE011", message, place(path, at), "fix the code; stead explain lists them")


def _is_a_rule(code: str) -> bool:
    try:
        return bool(rule_of(code))
    except UnknownCodeError:
        return False


RULES = (a_silence_has_a_reason, a_silence_is_of_use)
