"""`stead check`: what is missing, broken or inconsistent.

The exit status is 0 when nothing was found, 1 when something was (a warning is a finding too), 2 when the check could
not be made: no description, an unknown code, a rule that failed itself.
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
    """Find what is missing, broken or inconsistent. Exit status: 0 nothing, 1 findings, 2 it could not be checked.

    Parameters
    ----------
    select
        Rules to apply: codes or prefixes of codes, separated by commas: SETTING,PATH010.
    ignore
        Rules to skip, in the same form.
    form
        For a person, for programs, for a code host, or for a run of GitHub Actions.
    fix
        Fix what can be fixed without a person.
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
    new
        A git revision: tell only what has come since: main, v1.2, HEAD~3.
    baseline
        A file with the findings that are accepted for now. It is written where it is not there; after that it only gets
        smaller, and every finding that it does not have is told.
    strict
        Tell also what is less sure, or asked of few repositories: images without a digest, settings that nothing reads.
    show_silenced
        Show what was left out on purpose, and why.
    """
    if watch:
        from stead.cli.watch import watching

        return watching(paths or (Path(),))
    options = Options(
        select or (), ignore or (), form, fix, staged, live, history, against, show_silenced, new, baseline, strict
    )
    return checked(paths or (Path(),), options)
