"""Which jobs of a GitLab pipeline start for which event: `workflow:rules` first, then each job's own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stead.ops.ci.event import Event
from stead.ops.ci.simulation import Row

COMPARED = re.compile(r"\$(\w+)(?:\s*(==|!=|=~|!~)\s*(\"[^\"]*\"|/.*?/|\$\w+))?")


def rows(file: str, entry: Mapping[str, Any], jobs: Mapping[str, Any], happening: tuple[Event, ...]) -> Iterator[Row]:
    """Yield a row for each job."""
    rules = (entry.get("workflow") or {}).get("rules")
    for name, job in jobs.items():
        if name.startswith(".") or not isinstance(job, Mapping) or "script" not in job:
            continue
        began = tuple(_rules_match(rules, event) and _rules_match(job.get("rules"), event) for event in happening)
        matrix = (job.get("parallel") or {}).get("matrix") if isinstance(job.get("parallel"), Mapping) else None
        yield Row(file, name, began, len(matrix) if matrix else 1)


def _rules_match(rules: list[Mapping[str, Any]] | None, event: Event) -> bool:
    """Return whether the first matching rule runs the job; without rules it runs."""
    if rules is None:
        return True
    for rule in rules:
        if holds(str(rule.get("if", "")), event.gitlab()) and _changes(rule.get("changes"), event):
            return rule.get("when") != "never"
    return False


def _changes(changes: Any, event: Event) -> bool:
    """Return whether changed paths match; for a tag GitLab assumes that they do."""
    if changes is None or event.tag:
        return True
    paths = changes.get("paths", []) if isinstance(changes, Mapping) else changes
    return any(re.fullmatch(_regex(path), changed) for path in paths for changed in event.changed)


def _regex(pattern: str) -> str:
    parts = re.findall(r"\*\*/?|\*|\?|.", pattern)
    plain = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(plain.get(part) or re.escape(part) for part in parts)


def holds(condition: str, variables: Mapping[str, str]) -> bool:
    """Return whether a rule's condition holds: `&&` and `||` of comparisons, without parentheses."""
    if not condition:
        return True
    return any(all(_compared(part.strip(), variables) for part in each.split("&&")) for each in condition.split("||"))


def _compared(text: str, variables: Mapping[str, str]) -> bool:
    found = COMPARED.fullmatch(text)
    if found is None:
        return False
    name, operator, expected = found.groups()
    value = variables.get(name, "")
    if not operator:
        return bool(value)
    if operator in ("=~", "!~"):
        return (re.search(expected.strip("/"), value) is not None) == (operator == "=~")
    other = variables.get(expected[1:], "") if expected.startswith("$") else expected.strip('"')
    return (value == other) == (operator == "==")
