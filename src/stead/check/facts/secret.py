"""What any text exposes: keys, tokens, passwords. Only the kind of a secret is kept, never its value.

Lines that cannot hold any are skipped by a search for words, which costs a hundredth of asking the rules of `leak`.
A line that another reader has told about already, such as a Compose file's environment, is left to it.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from stead.check.facts import Facts
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
from stead.check.facts.position import Positions

CODE = frozenset({".py", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".go", ".java", ".kt", ".rs", ".rb", ".php", ".cs"})
COMMENTED = frozenset({".ini", ".cfg", ".cnf", ".conf"})
LOCKS = frozenset({"package-lock.json", "pnpm-lock.yaml", "yarn.lock", "uv.lock", "poetry.lock", "go.sum"})
Span = tuple[int, int]
AFTER = 300  # characters behind the beginning of a key in which it goes on


def read(path: Path, text: str, facts: Facts) -> None:
    """Add the secrets of a text."""
    if path.name in LOCKS:
        return
    reported = {at.line for at in facts.secrets}
    lines = Positions(text)
    for span, leak in _leaks(text, path.suffix in CODE):
        if leak.rule == "assignment" and path.suffix in COMMENTED and _line(text, span).lstrip().startswith(";"):
            continue  # the default of the program, shown as a comment
        at = lines.at(span[0] + leak.column - 1, leak.kind, leak.rule)
        if at.line not in reported:
            reported.add(at.line)
            facts.secrets.append(at)


def _leaks(text: str, code: bool) -> Iterator[tuple[Span, Leak]]:
    """Yield what is told by its form first, so that a line which has a token is not told to have a value as well."""
    for span in sorted({*_with(text, BEGINNINGS), *(span for shape in NUMBERED for span in _matching(text, shape))}):
        for leak in shaped(_line(text, span)):
            start = span[0] + leak.column - 1
            if leak.kind != PRIVATE or has_body(text[start : start + AFTER]):
                yield span, leak
    for span in _with(text, ("://",)):
        if text.find("@", *span) >= 0:
            yield from ((span, leak) for leak in addressed(_line(text, span)))
    lowered = text.lower()
    for span in sorted({*_with(lowered if len(lowered) == len(text) else text, WORDS)}):
        line = _line(text, span)
        if ("'" in line or '"' in line) if code else (":" in line or "=" in line):
            yield from ((span, leak) for leak in assigned(line, code))


def _line(text: str, span: Span) -> str:
    return text[span[0] : min(span[1], span[0] + LONGEST)]


def _with(text: str, words: Iterable[str]) -> Iterator[Span]:
    """Yield where lines with one of the words start and end. After a find the search goes on with the next line."""
    for word in words:
        at = text.find(word)
        while at >= 0:
            span = _span(text, at)
            yield span
            at = text.find(word, span[1])


def _matching(text: str, pattern: re.Pattern[str]) -> Iterator[Span]:
    match = pattern.search(text)
    while match:
        span = _span(text, match.start())
        yield span
        match = pattern.search(text, span[1])


def _span(text: str, at: int) -> Span:
    end = text.find("\n", at)
    return text.rfind("\n", 0, at) + 1, len(text) if end < 0 else end
