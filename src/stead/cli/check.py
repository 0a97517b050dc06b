"""`stead check`: what is missing, broken or drifting.

The exit status is 0 when nothing was found, 1 when something was (a warning is a finding too), 2 when the check could
not be made: no description, an unknown code, a rule that failed itself.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.check.engine import Result
from stead.check.fix import Step, apply
from stead.check.look import Wanted, look
from stead.check.registry import UnknownCodeError, rules
from stead.check.report import Form, report
from stead.check.report.paint import PLAIN, paint_for
from stead.check.rule import Cost, Rule
from stead.cli.option import Flag
from stead.cli.progress import Telling, progress
from stead.model import SteadError

ROUNDS = 5  # what was mended may show what else is to be mended
Codes = Annotated[list[str] | None, Parameter(negative="")]


def check(
    *paths: Annotated[Path, Parameter(help="Folders of a backend.py, or the files themselves.")],
    select: Codes = None,
    ignore: Codes = None,
    form: Annotated[Form, Parameter(["--format", "-f"])] = "text",
    fix: Flag = False,
    watch: Annotated[Flag, Parameter(["--watch", "-w"])] = False,
    staged: Flag = False,
    live: Flag = False,
    history: Flag = False,
    against: Annotated[str, Parameter(show_default=False)] = "",
    show_silenced: Flag = False,
) -> int:
    """Find what is missing, broken or drifting. Exit status: 0 nothing, 1 findings, 2 it could not be checked.

    Parameters
    ----------
    select
        Rules to ask: codes or their beginnings, with commas between: SETTING,PATH010.
    ignore
        Rules to leave out, said the same way.
    form
        For a person, for programs, for a code host, or for a run of GitHub Actions.
    fix
        Mend what can be mended without a person.
    watch
        Check again whenever a file changes, until Ctrl-C.
    staged
        Ask the fast rules only, and tell what concerns the files that are staged in git: before a commit.
    live
        Ask what runs on this machine, too.
    history
        Look through past commits for secrets, too.
    against
        A git revision to compare contracts with: main, v1.2, HEAD~3.
    show_silenced
        Show what was left out on purpose, and why.
    """
    if watch:
        from stead.cli.watch import watching

        return watching(paths or (Path(),))
    try:
        asked = Asked(paths or (Path(),), _rules(select, ignore, _costs(staged=staged, live=live, history=history)))
        wanted = Wanted(asked.rules, against, staged)
        result = asked.look(wanted, live=live)
        result, mended = asked.mended(result, wanted, live=live) if fix else (result, "")
    except (SteadError, UnknownCodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    _write(result, form, silenced=show_silenced, mended=mended)
    return 2 if result.broken else 1 if result.findings else 0


class Asked:
    """What was asked of this command: which backends, and which rules."""

    def __init__(self, paths: Sequence[Path], rules: Sequence[Rule]) -> None:
        self.paths, self.rules = paths, rules

    def look(self, wanted: Wanted, *, live: bool) -> Result:
        """Hold each backend against the rules."""
        with progress() as telling:
            return reduce(add, [self._look(path, wanted, telling, live=live) for path in self.paths])

    def _look(self, path: Path, wanted: Wanted, telling: Telling, *, live: bool) -> Result:
        telling(f"reading {path}")
        number = {rule.code: place for place, rule in enumerate(self.rules, start=1)}

        def tell(rule: Rule) -> None:
            telling(f"asking {rule.code}, {number[rule.code]} of {len(number)}: {rule.title}")

        return look(path, _lively(path, wanted) if live else wanted, tell)

    def mended(self, before: Result, wanted: Wanted, *, live: bool) -> tuple[Result, str]:
        """Do what the findings offer, and look again, until nothing new is offered; say what it came to."""
        after, lines, tried = before, [], set[Step]()
        for _ in range(ROUNDS):
            steps = [step for finding in after.findings for step in finding.steps if step not in tried]
            if not steps:
                break
            tried |= set(steps)
            done, refused = apply(steps)
            lines += [*(f"mended: {step}" for step in done), *(f"not mended: {why}" for why in refused)]
            after = self.look(wanted, live=live)
        if not tried:
            return before, "Nothing can be mended without a person."
        return after, "\n".join([*lines, f"{len(before.findings)} found before, {len(after.findings)} now."])


def _rules(select: list[str] | None, ignore: list[str] | None, costs: Sequence[Cost]) -> list[Rule]:
    found = rules(_codes(select), _codes(ignore), costs)
    if not found:
        raise SteadError(f"no rule is left to ask; {', '.join(_codes(select))} may need --live or --history")
    return found


def _codes(said: list[str] | None) -> list[str]:
    return [code.strip().upper() for text in said or () for code in text.split(",") if code.strip()]


def _costs(*, staged: bool, live: bool, history: bool) -> list[Cost]:
    costs: list[Cost] = ["fast"] if staged else ["fast", "slow"]
    costs += ["live"] if live else []
    costs += ["history"] if history else []
    return costs


def _lively(path: Path, wanted: Wanted) -> Wanted:
    """Add where the backend runs on this machine."""
    from stead.run.running import running

    found = running(path)
    if found is None:
        raise SteadError(f"nothing runs here: {path}\n  start it: stead up {path} -d")
    return replace(wanted, urls=found.urls, version=found.version)


def _write(result: Result, form: Form, *, silenced: bool, mended: str) -> None:
    if form != "text":
        sys.stdout.write(report(result, form))
        sys.stderr.write(f"{mended}\n" if mended else "")
        return
    from stead.check.report import text
    from stead.check.report.path import shortened

    paint = paint_for(sys.stdout) if sys.stdout else PLAIN
    sys.stdout.write(f"{shortened(mended, Path.cwd())}\n\n" if mended else "")
    sys.stdout.write(text.report(result, paint, silenced=silenced))
