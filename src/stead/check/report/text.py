"""The report for a person: each finding with the lines that it is about, and what fixes it; then what it comes to."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from stead.check.engine import Finding, Result
from stead.check.registry import rule_of
from stead.check.report.color import PLAIN, Colors
from stead.check.report.path import plain, shortened, where
from stead.check.report.source_line import pointed
from stead.model import SourceLocation

WIDEST = 90  # characters of a rule's title in the summary
MANY = 8  # findings, from which on the summary counts them by rule


def report(result: Result, paint: Colors = PLAIN, *, silenced: bool = False) -> str:
    """Return the whole report; with `silenced`, what was left out and why comes after the findings."""
    base = Path.cwd()
    parts = [_finding(finding, base, paint) for finding in result.findings]
    parts += [_silenced(finding, base, paint) for finding in result.silenced if silenced]
    parts.append("\n".join(_summary(result, base, paint)) + "\n")
    return "\n".join(parts)


def _finding(finding: Finding, base: Path, paint: Colors) -> str:
    problem, shows = finding.problem, not finding.hidden
    first, *rest = plain(shortened(finding.message, base)).split("\n")
    lines = [_head(finding, first, base, paint), *(paint.dim(line) for line in rest)]
    lines += pointed(finding.place, paint) if shows else [paint.dim("    the line is not shown: it holds a secret")]
    if problem.also:
        lines.append(f"  {paint.dim('also')} {where(problem.also, base)}")
        lines += pointed(problem.also, paint) if shows else []
    if problem.mend:
        lines.append(f"  {paint.green('fix')} {plain(shortened(problem.mend, base))}")
    return "".join(f"{line}\n" for line in lines)


def _head(finding: Finding, summary: str, base: Path, paint: Colors) -> str:
    colour = paint.red if finding.severity == "error" else paint.yellow
    mark = f" {paint.cyan('[*]')}" if finding.steps else ""
    return f"{_place_text(finding.place, base, paint)} {colour(finding.code)}{mark} {summary}"


def _silenced(finding: Finding, base: Path, paint: Colors) -> str:
    message = plain(shortened(finding.message, base)).split("\n")[0]
    place = where(finding.place, base)
    return f"{place} {paint.dim(finding.code)} {message}\n  {paint.dim('silenced')} {plain(finding.silenced)}\n"


def _place_text(place: SourceLocation, base: Path, paint: Colors) -> str:
    file, *numbers = where(place, base).split(":")
    return paint.bold(file) + "".join(f"{paint.cyan(':')}{number}" for number in numbers)


def _summary(result: Result, base: Path, paint: Colors) -> Iterator[str]:
    if len(result.findings) >= MANY:
        yield from _by_rule(result.findings, paint)
        yield ""
    for note in result.notes:
        yield paint.dim(f"not inspected: {plain(shortened(note, base))}")
    for broken in result.broken:
        yield paint.red(f"a rule failed: {plain(broken)}")
    yield _verdict(result, paint)
    yield paint.dim(f"{_count(result.rules, 'rule')}, {_count(result.files, 'file')}, {result.seconds:.2f} s")


def _by_rule(findings: Sequence[Finding], paint: Colors) -> Iterator[str]:
    for code, times in Counter(finding.code for finding in findings).most_common():
        title = rule_of(code).title
        yield f"{times:>5}  {code:<14} {paint.dim(title if len(title) <= WIDEST else f'{title[: WIDEST - 1]}…')}"


def _verdict(result: Result, paint: Colors) -> str:
    left_out = _left_out(result)
    if not result.findings:
        calm = "No new findings." if result.accepted else "No findings."
        return f"No other findings.{left_out}" if result.broken else paint.green(calm) + left_out
    kinds = Counter(finding.severity for finding in result.findings)
    summary = " and ".join(_count(kinds[kind], kind) for kind in ("error", "warning") if kinds[kind])
    files = len({finding.place.file for finding in result.findings})
    fixable = sum(bool(finding.steps) for finding in result.findings)
    mend = f" [*] {fixable} can be fixed with --fix." if fixable else ""
    return f"{paint.bold(summary)} in {_count(files, 'file')}.{left_out}{mend}"


def _left_out(result: Result) -> str:
    """Return how many findings are not shown, and why."""
    reasons = Counter(finding.accepted for finding in result.accepted)
    silenced = f" {len(result.silenced)} silenced." if result.silenced else ""
    accepted = "".join(f" {times:,} {plain(reason)}." for reason, times in sorted(reasons.items()))
    unsure = f" {len(result.unsure):,} less certain: --strict shows them." if result.unsure else ""
    return silenced + accepted + unsure


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
