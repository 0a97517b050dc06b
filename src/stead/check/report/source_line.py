"""The line of a file that a finding is about, with what it points at underlined."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from stead.check.report.color import Colors
from stead.check.report.path import plain
from stead.check.tree import LARGEST
from stead.model import SourceLocation

WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[\w$./:@-]+|\S")
WIDEST = 120  # columns of a line that are shown
LEAD = 40  # columns before what is pointed at, where a line is longer
NUMBER = 5  # columns for the number of a line


def pointed(place: SourceLocation, paint: Colors) -> list[str]:
    """Return the line and a line that underlines the word at its column; nothing where there is nothing to show."""
    line = _line(place.file, place.line)
    if not line.strip():
        return []
    start = min(place.column - 1, len(line)) if place.column else 0
    word = WORD.match(line, start) if place.column else None
    length = len(word[0].rstrip(":,")) if word else 1
    cut = max(0, start - LEAD) if len(line) > WIDEST else 0
    text, before = _fitting(line[cut : cut + WIDEST]), _fitting(line[cut:start])
    text += "…" if len(line) > cut + WIDEST else ""
    bar = paint.cyan("│")
    rows = [f"{paint.cyan(f'{place.line:>{NUMBER}}')} {bar} {text}"]
    if place.column:
        under = _width(_fitting(line[start : start + max(length, 1)])[: WIDEST - len(before)])
        rows.append(f"{' ' * NUMBER} {bar} {' ' * _width(before)}{paint.red('^' * max(under, 1))}")
    return rows


def _line(file: str, number: int) -> str:
    lines = _lines(file) if number else ()
    return lines[number - 1].rstrip() if 0 < number <= len(lines) else ""


@lru_cache(maxsize=64)
def _lines(file: str) -> tuple[str, ...]:
    path = Path(file)
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return ()
        return tuple(path.read_bytes().decode(errors="replace").split("\n"))
    except OSError:
        return ()


def _fitting(text: str) -> str:
    return plain(text.replace("\t", "    "))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else not unicodedata.combining(each) for each in text)
