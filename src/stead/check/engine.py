"""The check: ask the rules, leave out what is silenced, sort."""

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from stead.check.context import Context
from stead.check.facts import At
from stead.check.fix import Step
from stead.check.rule import Rule, Severity
from stead.model import Problem, SourceLocation

COMMENT = re.compile(r"\s*(?:#+|//+|<!--|--|;+|/?\*+|\{#)\s*")  # what begins a comment, and nothing before it
LAST = "SILENCE"  # the family that runs last, when it is known which silences were needed


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A problem that a rule found.

    silenced  the user's reason for leaving it out
    steps     what fixes it without a person
    hidden    its line holds a secret, and is not shown
    accepted  why it is not a new one: the baseline that has it, or the revision that had it
    sure      whether a careful owner would fix it in most repositories
    """

    place: SourceLocation
    code: str
    message: str
    severity: Severity
    problem: Problem = field(compare=False)
    silenced: str = field(default="", compare=False)
    steps: tuple[Step, ...] = field(default=(), compare=False)
    hidden: bool = field(default=False, compare=False)
    accepted: str = field(default="", compare=False)
    sure: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found; `notes` say what could not be looked at, `broken` which rules failed themselves.

    accepted  what a baseline, or an earlier revision, has already
    complete  whether every rule that was asked could answer
    unsure    what is told with `--strict` only
    """

    findings: tuple[Finding, ...] = ()
    silenced: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    rules: int = 0
    files: int = 0
    seconds: float = 0.0
    accepted: tuple[Finding, ...] = ()
    complete: bool = True
    unsure: tuple[Finding, ...] = ()

    def __add__(self, other: "Result") -> "Result":
        """Return what two backends' checks found."""
        return Result(
            tuple(sorted({*self.findings, *other.findings})),
            tuple(sorted({*self.silenced, *other.silenced})),
            tuple(dict.fromkeys(self.notes + other.notes)),
            tuple(dict.fromkeys(self.broken + other.broken)),
            max(self.rules, other.rules),
            self.files + other.files,
            self.seconds + other.seconds,
            tuple(sorted({*self.accepted, *other.accepted})),
            self.complete and other.complete,
            tuple(sorted({*self.unsure, *other.unsure})),
        )

    def sure(self, asked: Collection[str] = ()) -> "Result":
        """Return what is sure, and what rules found that were asked for by their whole code."""
        findings = tuple(each for each in self.findings if each.sure or each.code in asked)
        unsure = tuple(each for each in self.findings if not each.sure and each.code not in asked)
        return replace(self, findings=findings, unsure=unsure)

    def within(self, files: Collection[str]) -> "Result":
        """Return what is said of these files, in the first place or in the second."""

        def inside(finding: Finding) -> bool:
            also = finding.problem.also
            return finding.place.file in files or (also is not None and also.file in files)

        return replace(
            self,
            findings=tuple(filter(inside, self.findings)),
            silenced=tuple(filter(inside, self.silenced)),
        )


def check(context: Context, rules: Iterable[Rule], announce: Callable[[Rule], None] = lambda _: None) -> Result:
    """Check a backend against rules; each is reported before it is asked."""
    began = time.perf_counter()
    chosen = tuple(rules)
    run = _CheckRun(context)
    for rule in sorted(chosen, key=lambda rule: rule.code.startswith(LAST)):
        announce(rule)
        if rule.code.startswith(LAST):
            context.answered, context.used = frozenset(run.answered), frozenset(run.used)
        run.ask(rule)
    context.cache.save()
    return Result(
        tuple(sorted(finding for finding in run.found if not finding.silenced)),
        tuple(sorted(finding for finding in run.found if finding.silenced)),
        (*context.tree.notes, *run.notes),
        tuple(run.broken),
        len(chosen),
        len(context.tree.files),
        time.perf_counter() - began,
        complete=not (run.broken or context.problems or context.backend is None),
    )


class _CheckRun:
    """What one check has heard so far."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.found: dict[Finding, None] = {}
        self.notes: list[str] = []
        self.broken: list[str] = []
        self.answered: set[str] = set()
        self.used: set[tuple[str, int, str]] = set()

    def ask(self, rule: Rule) -> None:
        """Process all that a rule finds; what it found before it failed counts."""
        try:
            for problem in rule.find(self.context):
                self.found.setdefault(self._finding(rule, problem))
            self.answered.add(rule.code)
        except Exception as error:  # noqa: BLE001 - one rule that fails must not cost the findings of the others
            self._failed(rule, error)

    def _failed(self, rule: Rule, error: Exception) -> None:
        if self.context.problems:
            self.notes.append(f"{rule.code} could not run while the description has problems")
        else:
            self.broken.append(f"{rule.code} failed: {type(error).__name__}: {error}")

    def _finding(self, rule: Rule, problem: Problem) -> Finding:
        silence = next(self._silences(problem), None)
        if silence is not None:
            self.used.add((silence[0], silence[1].line, silence[1].text))
        return Finding(
            problem.place,
            problem.code,
            problem.message,
            rule.severity,
            problem,
            silence[1].more if silence else "",
            tuple(rule.fix(self.context, problem)) if rule.fix and not silence else (),
            not rule.shown or any(self._holds_a_secret(place) for place in (problem.place, problem.also) if place),
            sure=rule.sure and problem.sure,
        )

    def _silences(self, problem: Problem) -> Iterator[tuple[str, At]]:
        """Yield the silences of a problem, with their file. None leaves out what is said of silences themselves."""
        if problem.code.startswith(LAST):
            return
        for place in filter(None, (problem.place, problem.also)):
            path = Path(place.file)
            if path.is_file():
                for silence in self.context.facts(path).silences:
                    if silence.text == problem.code and silence.more and self._covers(path, silence, place.line):
                        yield place.file, silence

    def _covers(self, path: Path, silence: At, line: int) -> bool:
        """Return whether a silence is for a finding on that line: its own one; standing alone on it, the next too.

        What is said of a whole file, on no line, is silenced in the file's first two lines.
        """
        if line in (silence.line, 0):
            return line == silence.line or silence.line <= 2
        return line == silence.line + 1 and _is_own_line(self.context.tree.text(path) or "", silence)

    def _holds_a_secret(self, place: SourceLocation) -> bool:
        path = Path(place.file)
        return path in self.context.tree.known and any(at.line == place.line for at in self.context.facts(path).secrets)


def _is_own_line(text: str, silence: At) -> bool:
    lines = text.split("\n", silence.line)
    return len(lines) >= silence.line and COMMENT.fullmatch(lines[silence.line - 1][: silence.column - 1]) is not None
