"""Baseline: the findings that a team accepts for now, in a file that a check can only make smaller.

A finding is known by its rule, its file and its message, whatever its line has become; the file counts how often.
Rejected: fingerprints (a person who reviews the file could not tell what it accepts), and lines (an edit above a
finding would make it new).
"""

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stead.check.engine import Finding, Result
from stead.check.registry import UnknownCodeError, rule_of
from stead.check.report.path import shortened
from stead.model import SteadError

VERSION = 1
LINE = re.compile(r"(?<=\S):\d+(?::\d+)?\b|\blines? \d+")  # a line number within a message


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a finding is known by; `file` is relative to a folder that both sides agree on."""

    file: str
    code: str
    message: str


class BaselineError(SteadError):
    """A baseline that cannot be read or written."""


def key(finding: Finding, base: Path) -> Key:
    """Return what a finding is known by, with paths relative to a folder."""
    file = finding.place.file
    inner = os.path.relpath(file, base) if file.startswith("/") else file
    return Key(inner, finding.code, LINE.sub("", shortened(finding.message, base)))


def keys(findings: Iterable[Finding], base: Path) -> Counter[Key]:
    return Counter(key(finding, base) for finding in findings)


def accept(result: Result, known: Counter[Key], base: Path, reason: str) -> Result:
    """Move the findings that are known to the accepted ones; of several with one key, those that come first."""
    left = Counter(known)
    new, accepted = [], []
    for finding in result.findings:
        one = key(finding, base)
        if left[one] > 0:
            left[one] -= 1
            accepted.append(replace(finding, accepted=reason, steps=()))
        else:
            new.append(finding)
    return replace(result, findings=tuple(new), accepted=tuple(sorted((*result.accepted, *accepted))))


def still(
    known: Counter[Key], result: Result, base: Path, roots: Sequence[Path], codes: Collection[str]
) -> Counter[Key]:
    """Return the accepted findings that are there, and those that this check could not judge.

    It judges the files below the checked folders, by the rules that it asked; a rule that is gone finds nothing.
    """
    there = keys((*result.accepted, *result.findings), base)
    inner = [os.path.relpath(root, base) for root in roots]

    def is_inspected(one: Key) -> bool:
        below = any(root == "." or one.file == root or one.file.startswith(f"{root}/") for root in inner)
        return below and (one.code in codes or not _is_a_rule(one.code))

    left = Counter({one: min(times, there[one]) if is_inspected(one) else times for one, times in known.items()})
    return +left


def read(file: Path) -> Counter[Key]:
    """Return what a file accepts; BaselineError with the place where it cannot be read."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise BaselineError(f"{file}:{error.lineno} is not JSON: {error.msg}\n  {_again(file)}") from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BaselineError(f"{file} cannot be read: {why}\n  {_again(file)}") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise BaselineError(f"{file} is not a baseline of version {VERSION}\n  {_again(file)}")
    entries = document.get("findings")
    if not isinstance(entries, list):
        raise BaselineError(f"{file}: findings is not a list\n  {_again(file)}")
    found: Counter[Key] = Counter()
    for number, entry in enumerate(entries, start=1):
        one, times = _entry(file, number, entry)
        found[one] += times
    return found


def _entry(file: Path, number: int, entry: Any) -> tuple[Key, int]:
    names = ("file", "code", "message")
    texts = [entry.get(name) for name in names] if isinstance(entry, dict) else [None]
    times = entry.get("count", 1) if isinstance(entry, dict) else 0
    if not all(isinstance(text, str) for text in texts) or type(times) is not int or times < 1:
        what = f"entry {number} needs the texts file, code and message, and a count of at least 1 where it has one"
        raise BaselineError(f"{file}: {what}\n  {_again(file)}")
    return Key(*texts), times


def write(file: Path, known: Counter[Key]) -> None:
    """Write one finding a line, sorted, so that a change is easy to review."""
    lines = [json.dumps(_shown(one, times), ensure_ascii=False) for one, times in sorted(known.items())]
    body = ",\n".join(f"    {line}" for line in lines)
    listed = f"[\n{body}\n  ]" if lines else "[]"
    try:
        file.write_text(f'{{\n  "version": {VERSION},\n  "findings": {listed}\n}}\n', encoding="utf-8")
    except OSError as error:
        raise BaselineError(f"{file} cannot be written: {error.strerror}") from None


def _shown(one: Key, times: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"file": one.file, "code": one.code, "message": one.message}
    return entry if times == 1 else {**entry, "count": times}


def _again(file: Path) -> str:
    return f"fix it, or remove it and write it again: stead check --baseline {file}"


def _is_a_rule(code: str) -> bool:
    try:
        return bool(rule_of(code))
    except UnknownCodeError:
        return False
