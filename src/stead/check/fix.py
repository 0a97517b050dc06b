"""Fix: what a rule offers to do by itself, as steps that are small enough to be safe.

A rule offers steps for one of its problems; `apply` takes those of all problems at once. An edit says what it expects
to find, so that a file which has changed since is left alone. Rejected: letting a rule write files itself; two rules
that edit one file would then undo each other.
"""

import os
import re
import shlex
import stat
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stead.model.git import set_index_mode

RUN = "100755"  # git's mode of a file that may be run
TIMEOUT = 300  # seconds that a command may take


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """`old`, which is in a file at a line and column (both from 1), becomes `new`."""

    path: Path
    line: int
    column: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.old} becomes {self.new}"


@dataclass(frozen=True, slots=True)
class Executable:
    """A file may be run by those who may read it."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path} becomes executable"


@dataclass(frozen=True, slots=True)
class Command:
    """A command of ours that writes what is stale."""

    words: tuple[str, ...]
    folder: Path

    def __str__(self) -> str:
        """Say it as a person would give it: Stead's own commands by their name."""
        line = shlex.join(self.words)
        return re.sub(r"^\S+ (?:-P )?-m stead(?= )", "stead", line)


Step = Edit | Executable | Command


def apply(steps: Iterable[Step]) -> tuple[list[Step], list[str]]:
    """Do the steps, each once; return those that were done, and why others were not."""
    done: list[Step] = []
    refused: list[str] = []
    for step in _in_order(dict.fromkeys(steps)):
        wrong = _do(step)
        if wrong:
            refused.append(f"{step}: {wrong}")
        else:
            done.append(step)
    return done, refused


def _in_order(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield edits from the end of each file to its beginning, so that none moves another; commands come last."""
    chosen = tuple(steps)
    yield from sorted((step for step in chosen if isinstance(step, Edit)), reverse=True)
    yield from (step for step in chosen if isinstance(step, Executable))
    yield from (step for step in chosen if isinstance(step, Command))


def _do(step: Step) -> str:
    """Do one step; return why it was not done."""
    try:
        match step:
            case Edit():
                return _edit(step)
            case Executable(path):
                _let_run(path)
            case Command(words, folder):
                return _run(words, folder)
    except (OSError, UnicodeError, subprocess.TimeoutExpired) as error:
        return str(error)
    return ""


def _let_run(path: Path) -> None:
    """Set the run bit on the disk, and where git tracks the file, in git: a checkout has it from there."""
    mode = path.stat().st_mode
    path.chmod(mode | (mode & 0o444) >> 2)
    with suppress(FileNotFoundError):  # git is not installed
        set_index_mode(path, RUN)


def _edit(edit: Edit) -> str:
    if edit.path.is_symlink():
        return "it is a link"
    text = edit.path.read_bytes().decode()
    lines = text.splitlines(keepends=True)
    line = lines[edit.line - 1] if edit.line <= len(lines) else ""
    before = edit.column - 1
    if line[before : before + len(edit.old)] != edit.old:
        return "the file has changed"
    lines[edit.line - 1] = line[:before] + edit.new + line[before + len(edit.old) :]
    _replace(edit.path, "".join(lines).encode())
    return ""


def _replace(path: Path, content: bytes) -> None:
    """Write all of a file or nothing; it keeps its mode."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.chmod(stat.S_IMODE(path.stat().st_mode))
    beside.replace(path)


def _run(words: tuple[str, ...], folder: Path) -> str:
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    output = (ran.stderr or ran.stdout).strip().splitlines()
    return "" if ran.returncode == 0 else (output[-1] if output else f"it ended with {ran.returncode}")
