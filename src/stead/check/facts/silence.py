"""Silences: a finding that the user left out on purpose, with the reason beside it.

    DATABASE_URL = "…"  # stead: ignore[SECRET001] a throw-away database of the tests

In a file without comments after code (Markdown, YAML), the comment is on the line before. A silence without a
reason silences nothing, and is a finding itself.
"""

import re
from pathlib import Path

from stead.check.facts import At, Facts

MARK = re.compile(r"stead: ignore\[(?P<codes>[A-Z0-9, ]+)\](?P<reason>[^\n]*)")
ENDS = ("-->", "*/", "#}")


def read(_path: Path, text: str, facts: Facts) -> None:
    """Note the silences of a file."""
    if "stead: ignore[" not in text:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        found = MARK.search(line)
        if found:
            reason = _reason(found["reason"])
            codes = (code.strip() for code in found["codes"].split(","))
            facts.silences += [At(code, number, found.start() + 1, reason) for code in codes if code]


def _reason(text: str) -> str:
    for end in ENDS:
        text = text.removesuffix(end).rstrip().removesuffix(end)
    return text.strip(" \t:—-")
