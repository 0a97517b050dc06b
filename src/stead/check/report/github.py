"""The report for a run of GitHub Actions: workflow commands, which GitHub shows on the changed lines.

docs.github.com/en/actions/reference/workflow-commands-for-github-actions: one command a line; in the text `%`, CR and
LF are escaped, in a property `:` and `,` too.
"""

from collections.abc import Iterator
from pathlib import Path

from stead.check.engine import Finding, Result
from stead.check.report.path import plain, repository, shortened, shown, where

TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = TEXT | {":": "%3A", ",": "%2C"}


def report(result: Result) -> str:
    """Return one line a finding; paths are relative to the top of the repository."""
    base = repository(Path.cwd())
    lines = [_command(finding, base) for finding in result.findings]
    lines += [f"::notice title=stead check::not inspected%3A {_text(shortened(note, base))}" for note in result.notes]
    lines += [f"::error title=stead check::{_text(broken)}" for broken in result.broken]
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding, base: Path) -> str:
    properties = ",".join(f"{name}={_escaped(value, PROPERTY)}" for name, value in _properties(finding, base))
    return f"::{finding.severity} {properties}::{_text(_annotation(finding, base))}"


def _properties(finding: Finding, base: Path) -> Iterator[tuple[str, str]]:
    yield "file", shown(finding.place.file, base)
    if finding.place.line:
        yield "line", str(finding.place.line)
    if finding.place.column:
        yield "col", str(finding.place.column)
    yield "title", finding.code


def _annotation(finding: Finding, base: Path) -> str:
    problem = finding.problem
    lines = [shortened(finding.message, base)]
    lines += [f"also: {where(problem.also, base)}"] if problem.also else []
    lines += [f"fix: {shortened(problem.mend, base)}"] if problem.mend else []
    return "\n".join(lines)


def _text(text: str) -> str:
    return _escaped(plain(text), TEXT)


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)
