"""`stead check`: find what is missing, broken or inconsistent.

The exit status is 0 without findings, 1 with findings (a warning is a finding, too), 2 when the check cannot run: no
description, an unknown code, an error inside a rule.
"""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.check.report import Form
from stead.cli.check_run import Options, checked
from stead.cli.option import Flag

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
    new: Annotated[str, Parameter(show_default=False)] = "",
    baseline: Annotated[Path | None, Parameter(show_default=False)] = None,
    strict: Flag = False,
    show_silenced: Flag = False,
) -> int:
    """Find what is missing, broken or inconsistent. Exit status: 0 no findings, 1 findings, 2 the check cannot run.

    Parameters
    ----------
    select
        Rules to apply: codes or prefixes of codes, separated by commas: SETTING,PATH010.
    ignore
        Rules to skip, in the same form.
    form
        The report's format: text for a terminal, json for programs, sarif for a code host, github for GitHub Actions.
    fix
        Apply the fixes that need no decision.
    watch
        Check again whenever a file changes, until Ctrl-C.
    staged
        Apply the fast rules only, and report the findings in files that are staged in git.
    live
        Also check the backend that runs on this machine.
    history
        Also search past commits for secrets.
    against
        A git revision to compare contracts with: main, v1.2, HEAD~3.
    new
        A git revision: report only findings that are newer than it: main, v1.2, HEAD~3.
    baseline
        A file with accepted findings. The first run creates it. Later runs remove fixed findings from it, and report
        every finding that is not in it.
    strict
        Also apply the rules that are less certain or that few repositories follow: images without a digest, settings
        that nothing reads.
    show_silenced
        Also show the findings that a comment silences, with its reason.
    """
    if watch:
        from stead.cli.watch import watching

        return watching(paths or (Path(),))
    options = Options(
        select or (), ignore or (), form, fix, staged, live, history, against, show_silenced, new, baseline, strict
    )
    return checked(paths or (Path(),), options)
