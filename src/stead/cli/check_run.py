"""Run `stead check`, with options from either reader of the command line.

This module imports no cyclopts, whose import takes as long as a warm check: without options, the command line calls it
directly.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path

from stead.check.baseline_run import BaselineRun
from stead.check.engine import Result
from stead.check.fix import Step, apply
from stead.check.inspection import InspectionRequest, look, since
from stead.check.registry import UnknownCodeError, rules
from stead.check.report import Form, report
from stead.check.report.color import paint_for
from stead.check.rule import Cost, Rule
from stead.cli.spinner import Progress, progress
from stead.model import SteadError
from stead.model.printable import printable

OF_FEW = frozenset({"FILE018"})  # slow rules that look at each file by itself
ROUNDS = 5  # a fix may reveal a finding that has a fix, too


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `stead check`; the command's help describes them."""

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    form: Form = "text"
    fix: bool = False
    staged: bool = False
    live: bool = False
    history: bool = False
    against: str = ""
    show_silenced: bool = False
    new: str = ""
    baseline: Path | None = None
    strict: bool = False


def checked(paths: Sequence[Path], options: Options) -> int:
    """Check backends and write the report; return the exit status."""
    try:
        asked = CheckOptions(paths, _rules(options), options)
        result = asked.look()
        result, fixed = asked.fixed(result) if options.fix else (result, "")
        result = asked.settled(result)
    except (SteadError, UnknownCodeError) as error:
        sys.stderr.write(printable(f"{error}\n"))
        return 2
    _write(result, options, fixed)
    return 2 if result.broken else 1 if result.findings else 0


class CheckOptions:
    """One run of the command: the backends and the rules."""

    def __init__(self, paths: Sequence[Path], rules: Sequence[Rule], options: Options) -> None:
        self.paths, self.rules, self.live = paths, rules, options.live
        self.wanted = InspectionRequest(rules, options.against, options.staged)
        self.new, self.strict, self.named = options.new, options.strict, _codes(options.select)
        self.baseline = _baseline(options, rules, paths)

    def look(self) -> Result:
        """Check each backend against the rules, and leave out accepted findings."""
        with progress() as spinner:
            found = reduce(add, [self._look(path, spinner) for path in self.paths])
        return self.baseline.without_accepted(found) if self.baseline else found

    def settled(self, result: Result) -> Result:
        """Write the baseline where it has changed."""
        if self.baseline is None:
            return result
        result, note = self.baseline.written(result)
        sys.stderr.write(printable(f"{note}\n") if note else "")
        return result

    def _look(self, path: Path, progress: Progress) -> Result:
        progress(f"reading {path}")
        number = {rule.code: place for place, rule in enumerate(self.rules, start=1)}

        def tell(rule: Rule) -> None:
            progress(f"applying {rule.code}, {number[rule.code]} of {len(number)}: {rule.title}")

        every = look(path, _with_live_run(path, self.wanted) if self.live else self.wanted, tell)
        found = every if self.strict else every.sure(self.named)
        return since(found, path, self.new, self.rules) if self.new else found

    def fixed(self, before: Result) -> tuple[Result, str]:
        """Apply the fixes of the findings and check again, until no new fix is offered; print the result."""
        after, lines, tried = before, [], set[Step]()
        for _ in range(ROUNDS):
            steps = [step for finding in after.findings for step in finding.steps if step not in tried]
            if not steps:
                break
            tried |= set(steps)
            done, refused = apply(steps)
            lines += [*(f"fixed: {step}" for step in done), *(f"not fixed: {why}" for why in refused)]
            after = self.look()
        if not tried:
            return before, "No finding can be fixed automatically."
        return after, "\n".join([*lines, f"{len(before.findings)} found before, {len(after.findings)} now."])


def _rules(options: Options) -> list[Rule]:
    select, ignore = _codes(options.select), _codes(options.ignore)
    found = rules(select, ignore, _costs(options))
    if options.staged:  # few files are staged, and a script that does not parse must not be committed
        found = sorted([*found, *(rule for rule in rules(select, ignore, ("slow",)) if rule.code in OF_FEW)], key=_code)
    if not found:
        raise SteadError(f"no rule is selected; {', '.join(_codes(options.select))} may need --live or --history")
    return found


def _code(rule: Rule) -> str:
    return rule.code


def _baseline(options: Options, rules: Sequence[Rule], paths: Sequence[Path]) -> BaselineRun | None:
    return BaselineRun(options.baseline, rules, paths, staged=options.staged) if options.baseline else None


def _codes(options: Sequence[str]) -> list[str]:
    return [code.strip().upper() for text in options for code in text.split(",") if code.strip()]


def _costs(options: Options) -> list[Cost]:
    costs: list[Cost] = ["fast"] if options.staged else ["fast", "slow"]
    costs += ["live"] if options.live else []
    costs += ["history"] if options.history else []
    return costs


def _with_live_run(path: Path, request: InspectionRequest) -> InspectionRequest:
    """Add the addresses of the backend that runs on this machine."""
    from stead.run.run_info import running

    found = running(path)
    if found is None:
        raise SteadError(f"nothing runs here: {path}\n  start it: stead up {path} -d")
    return replace(request, urls=found.urls, version=found.version)


def _write(result: Result, options: Options, fixed: str) -> None:
    if options.form != "text":
        sys.stdout.write(report(result, options.form))
        sys.stderr.write(f"{fixed}\n" if fixed else "")
        return
    from stead.check.report import text
    from stead.check.report.path import shortened

    sys.stdout.write(f"{printable(shortened(fixed, Path.cwd()))}\n\n" if fixed else "")
    sys.stdout.write(text.report(result, paint_for(sys.stdout), silenced=options.show_silenced))
