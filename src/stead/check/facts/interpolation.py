"""Interpolation: `${NAME:-default}` in Compose files, as Compose fills it in, one inside another included.

`-` gives a default, `?` demands a value, `+` gives another value for one that is set; a colon before each counts an
empty value as none. What has no value stays as it is written.
"""

import re
from collections.abc import Callable

NAME = re.compile(r"[A-Za-z_]\w*")
OPERATOR = re.compile(r":?[-?+]")
BRACE = re.compile(r"\$\{|\}")
DEEPEST = 16  # references inside each other

Lookup = Callable[[str], str | None]


def filled(text: str, value_of: Lookup) -> str:
    """Return a text with its references filled in, as far as values are known."""
    return _filled(text, value_of, 0)


def _filled(text: str, value_of: Lookup, depth: int) -> str:
    parts: list[str] = []
    ends = _ends(text) if "${" in text else {}
    place = 0
    while (dollar := text.find("$", place)) >= 0 and depth < DEEPEST:
        parts.append(text[place:dollar])
        part, place = _reference(text, dollar, ends, value_of, depth)
        parts.append(part)
    return "".join([*parts, text[place:]])


def _reference(text: str, dollar: int, ends: dict[int, int], value_of: Lookup, depth: int) -> tuple[str, int]:
    """Return what stands for a reference, and the place after it."""
    after = text[dollar + 1 : dollar + 2]
    if after == "$":
        return "$", dollar + 2
    if after != "{":
        name = NAME.match(text, dollar + 1)
        return (_value(name[0], "", "", value_of, depth), name.end()) if name else ("$", dollar + 1)
    end = ends.get(dollar, -1)
    name = NAME.match(text, dollar + 2)
    if name is None or end < 0:
        return text[dollar : dollar + 2], dollar + 2
    operator = OPERATOR.match(text, name.end())
    if operator is None and name.end() != end:
        return text[dollar : end + 1], end + 1
    word = text[operator.end() : end] if operator else ""
    return _value(name[0], operator[0] if operator else "", word, value_of, depth), end + 1


def _ends(text: str) -> dict[int, int]:
    """Return where each brace that a `$` opens closes, by the place of its `$`: in one pass, however deep they are."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for each in BRACE.finditer(text):
        if each[0] == "${":
            opened.append(each.start())
        elif opened:
            found[opened.pop()] = each.start()
    return found


def _value(name: str, operator: str, word: str, value_of: Lookup, depth: int) -> str:
    value = value_of(name)
    there = bool(value) if operator.startswith(":") else value is not None
    if operator.endswith("+"):
        return _filled(word, value_of, depth + 1) if there else ""
    if there:
        return value or ""
    return _filled(word, value_of, depth + 1) if operator.endswith("-") else f"${{{name}}}"
