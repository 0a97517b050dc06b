"""The check: load the description, ask the rules, leave out what is silenced, sort."""

import contextlib
import io
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stead.check.facts import At
from stead.check.rule import Rule, Severity
from stead.check.seen import Seen
from stead.model import Backend, DescriptionError, Place, Problem
from stead.model.load import find, load

LONGEST = 10  # seconds that a description may take


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A problem that a rule found; `silenced` is the user's reason for leaving it out."""

    place: Place
    code: str
    severity: Severity
    problem: Problem = field(compare=False)
    silenced: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found; `notes` say what could not be looked at, `broken` which rules failed themselves."""

    findings: tuple[Finding, ...]
    silenced: tuple[Finding, ...]
    notes: tuple[str, ...]
    broken: tuple[str, ...] = ()


def check(seen: Seen, rules: Iterable[Rule]) -> Result:
    """Hold a backend against rules."""
    found: list[Finding] = []
    broken: list[str] = []
    for rule in rules:
        try:
            found += (Finding(problem.place, problem.code, rule.severity, problem) for problem in rule.find(seen))
        except Exception as error:  # noqa: BLE001 - one rule that fails must not cost the findings of the others
            broken.append(f"{rule.code} failed: {type(error).__name__}: {error}")
    judged = [_judged(seen, finding) for finding in dict.fromkeys(found)]
    seen.cache.save()
    return Result(
        tuple(sorted(finding for finding in judged if not finding.silenced)),
        tuple(sorted(finding for finding in judged if finding.silenced)),
        tuple(seen.tree.notes),
        tuple(broken),
    )


def _judged(seen: Seen, finding: Finding) -> Finding:
    for reason in _reasons(seen, finding):
        return Finding(finding.place, finding.code, finding.severity, finding.problem, reason)
    return finding


def _reasons(seen: Seen, finding: Finding) -> Iterator[str]:
    for place in filter(None, (finding.place, finding.problem.also)):
        path = Path(place.file)
        if path.is_file():
            for silence in seen.facts(path).silences:
                if silence.text == finding.code and _covers(silence, place.line):
                    yield silence.more


def _covers(silence: At, line: int) -> bool:
    """Tell whether a silence is for a finding on that line: the same one, or the next."""
    return bool(silence.more) and line in (silence.line, silence.line + 1)


def described(path: Path) -> tuple[Path, Backend | None, list[Problem]]:
    """Load a description that may be hostile: it may take only so long, and what it prints is not shown.

    Raises DescriptionError when there is no such file.
    """
    file = find(path)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), _bounded(file):
            backend: Backend | None = load(file)
            problems: list[Problem] = []
    except DescriptionError as error:
        backend, problems = None, list(error.problems)
    if printed.getvalue():
        mend = "leave printing to a program; a description is imported by every command"
        problems.append(Problem("BACKEND005", "the description prints when it is imported", Place(str(file)), mend))
    return file, backend, problems


@contextlib.contextmanager
def _bounded(file: Path) -> Iterator[None]:
    """Interrupt what takes too long. Only the main thread can be interrupted; elsewhere there is no bound."""

    def stop(_number: int, _frame: object) -> None:
        mend = "compute nothing long in a description"
        problem = Problem("BACKEND004", f"the description takes longer than {LONGEST} s", Place(str(file)), mend)
        raise DescriptionError([problem])

    try:
        before = signal.signal(signal.SIGALRM, stop)
    except ValueError:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
