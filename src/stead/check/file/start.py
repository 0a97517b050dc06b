"""Starts: a program has its run bit and a first line that the system can follow."""

import os
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.file.content import TEXTS
from stead.check.file_reference import bases
from stead.check.fix import Executable, Step
from stead.check.path.resolved_path import targets
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

PLAIN, RUN = "100644", "100755"
MANY = 5  # files with one cause, from which on they are one finding
DATA = frozenset(
    {".json", ".yml", ".yaml", ".toml", ".md", ".txt", ".xml", ".html", ".css", ".env", ".sql"}
)  # no program
HOOKS = frozenset(
    {"pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "pre-push", "pre-rebase", "post-merge",
     "post-checkout", "post-rewrite", "applypatch-msg"}
)  # fmt: skip


def _make_executable(_seen: Context, problem: Problem) -> list[Step]:
    return [Executable(Path((problem.also or problem.place).file))]


@rule("FILE015", fix=_make_executable)
def what_is_called_may_run(context: Context) -> Iterator[Problem]:
    """A file that is called as a program is executable in git.

    `./run.sh` without it ends in "permission denied" on the next clone, and git silently ignores a hook without it. The
    rule covers files that a script, a Makefile or a pipeline calls by their path, and git's hooks. On a file system
    without the executable bit, `git update-index --chmod=+x` sets it.
    """
    for file, at in context.each("paths"):
        if not at.more.endswith(" call"):
            continue
        target = context.once(targets).find(*bases(context.tree, file, at))
        called = context.root / target.path
        if called.suffix in DATA:
            continue  # a word for another program, in quotes that only a shell can interpret
        if target.state == "there" and called in context.tree.known and mode_of(context, called) == PLAIN:
            message = f"{target.path} is called here, but is not executable"
            yield Problem("FILE015", message, place(file, at), _fix(target.path), SourceLocation(str(called)))
    for path in context.tree.named(*HOOKS):
        if path.parent.name in (".githooks", "githooks") and mode_of(context, path) == PLAIN:
            message = f"git ignores the hook {path.name}, which is not executable"
            yield Problem("FILE015", message, SourceLocation(str(path)), _fix(str(path.relative_to(context.root))))


@rule("FILE016", severity="warning")
def what_may_run_says_how(context: Context) -> Iterator[Problem]:
    """An executable text file names its interpreter in the first line.

    Without `#!…` the calling shell interprets it, or it does not run. Add the line, or remove the executable bit. If a
    file system without this bit marked many files, they are one finding.
    """
    found = list(_without_interpreter(context))
    if len(found) > MANY:
        name = found[0].relative_to(context.root)
        message = f"{len(found)} files are executable and have no interpreter line; the first is {name}"
        mend = f"git update-index --chmod=-x {name} … removes the executable bit"
        yield Problem("FILE016", message, SourceLocation(str(found[0]), 1, 1), mend)
        return
    for path in found:
        mend = f"add #!/usr/bin/env …, or git update-index --chmod=-x {path.relative_to(context.root)}"
        message = f"{path.name} is executable, but has no interpreter line"
        yield Problem("FILE016", message, SourceLocation(str(path), 1, 1), mend)


def _without_interpreter(context: Context) -> Iterator[Path]:
    for path, mode in context.tree.modes.items():
        if mode != RUN or path not in context.tree.known or not (path.suffix in TEXTS or not path.suffix):
            continue
        facts = context.facts(path)
        if not facts.starts and not any(at.more == "nul" for at in facts.faults) and _is_read(path):
            yield path


@rule("FILE017")
def first_lines_can_be_followed(context: Context) -> Iterator[Problem]:
    r"""A script's first line ends in a line feed only, and has no byte order mark.

    With a carriage return the system looks for a program named `bash\r`; with a byte order mark it sees no `#!`. Save
    the file with Unix line ends, and let `.gitattributes` say `*.sh text eol=lf`.
    """
    for file, at in context.each("faults"):
        if at.more == "shebang":
            mend = f"dos2unix {file.relative_to(context.root)}, and *.sh text eol=lf in .gitattributes"
            yield Problem("FILE017", f"the first line {at.text}", place(file, at), mend)


def mode_of(context: Context, path: Path) -> str:
    """Return a file's mode, as git has it, or as the disk has it for one that git does not track yet."""
    known = context.tree.modes.get(path)
    return known or (RUN if os.access(path, os.X_OK) else PLAIN)


def _fix(path: str) -> str:
    return f"chmod +x {path}, or git update-index --chmod=+x {path}"


def _is_read(path: Path) -> bool:
    """Recognise a file that was small enough to be looked at."""
    return 0 < path.stat().st_size < 2_000_000


RULES = (what_is_called_may_run, what_may_run_says_how, first_lines_can_be_followed)
