"""Secrets of the past: what some commit added, whatever became of it.

`git log` is read as a stream, line by line, so that a history of any size costs no memory; after so many lines or
seconds the reading ends, and that is said. Rejected: asking for each blob by itself, which reads a file once for each
of its versions rather than what changed.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import chain, pairwise
from typing import IO, NamedTuple

from stead.check.context import Context
from stead.check.facts import is_dotenv
from stead.check.facts.leak import (
    BEGINNINGS,
    LONGEST,
    NUMBERED,
    PRIVATE,
    WORDS,
    Leak,
    addressed,
    assigned,
    has_body,
    shaped,
)
from stead.check.facts.secret import CODE, LOCKS
from stead.check.rule import rule
from stead.check.secret.text import TESTS
from stead.model import Problem, SourceLocation
from stead.model.git import command, environ

LINES = 5_000_000
SECONDS = 120.0
LOG = (
    "log", "--all", "--reverse", "--patch", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv",
    "--no-renames", "--diff-filter=AM", "--format=commit %H", "--", ".",
)  # fmt: skip


class AddedLine(NamedTuple):
    """A line that a commit added to a file."""

    commit: str
    path: str
    text: str


NOTHING = AddedLine("", "", "")  # is behind the last line


@rule("SECRET021", cost="history", shown=False)
def no_commit_has_a_secret(context: Context) -> Iterator[Problem]:
    """No commit of any branch added a secret, not even one that was removed later.

    A clone has the whole history. Each secret is reported once, with the commit that added it. Replace the secret;
    rewriting the history does not change existing clones.
    """
    if not context.tree.tracked:
        context.tree.notes.append("past commits were not read: there is no git repository")
        return
    known: set[bytes] = set()
    for added, after in pairwise(chain(_added(context), [NOTHING])):
        for leak in _leaks(added, after):
            mark = sha256(f"{leak.kind}\0{leak.value}".encode()).digest()
            if mark not in known:
                known.add(mark)
                message = f"commit {added.commit[:12]} added what looks like a {_named(leak)} to {added.path}"
                mend = "have its owner replace it; the old one stays in the history"
                yield Problem("SECRET021", message, SourceLocation(str(context.tree.top / added.path)), mend)


def _named(leak: Leak) -> str:
    return f"value of {leak.kind}" if leak.rule == "assignment" else leak.kind


def _leaks(added: AddedLine, after: AddedLine) -> Iterator[Leak]:
    """Yield the secrets of a line; most lines are ignored after a search for words."""
    line = added.text[:LONGEST]
    suspicious = any(word in line for word in BEGINNINGS) or any(shape.search(line) for shape in NUMBERED)
    more = line + after.text[:LONGEST] if (added.commit, added.path) == (after.commit, after.path) else line
    found = [leak for leak in shaped(line) if leak.kind != PRIVATE or has_body(more)] if suspicious else []
    if not found and "://" in line and "@" in line:
        found = addressed(line)
    name = added.path.rpartition("/")[2]
    if not found and not TESTS.search(added.path) and name not in LOCKS:
        lowered = line.lower()
        if any(word in lowered for word in WORDS):
            found = assigned(line, f".{name.rpartition('.')[2]}" in CODE and not is_dotenv(name))
    yield from found


def _added(context: Context) -> Iterator[AddedLine]:
    commit = path = ""
    until = time.monotonic() + SECONDS
    with _log(context) as lines:
        for number, raw in enumerate(lines):
            if number >= LINES or (number % 1000 == 0 and time.monotonic() > until):
                context.tree.notes.append(f"past commits were read up to {commit[:12]}, for {number:,} lines")
                return
            if raw.startswith(b"+++ "):
                path = raw[4:].decode(errors="replace").strip().strip('"').removeprefix("b/")
            elif raw.startswith(b"+"):
                yield AddedLine(commit, path, raw[1:].decode(errors="replace").rstrip("\r\n"))
            elif raw.startswith(b"commit "):
                commit = raw[7:].decode(errors="replace").strip()


@contextmanager
def _log(context: Context) -> Iterator[Iterator[bytes]]:
    """Run `git log`, and give its lines, each cut where it is too long to be read."""
    running = subprocess.Popen(
        command(context.root, *LOG), cwd=context.root, env=environ(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert running.stdout
    try:
        yield _lines(running.stdout)
    finally:
        running.stdout.close()
        running.terminate()
        running.wait()


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(LONGEST * 4):
        yield line
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST * 4)


RULES = (no_commit_has_a_secret,)
