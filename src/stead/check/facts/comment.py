"""Comments of code, blanked: `//` and `/* */`, and `#` where a language has it; not those within a text.

Each place is looked at once. A quote that its line does not close, or a `/*` that nothing closes, is remembered:
to search for the end of each again would take a time that grows with the square of the length.
"""

import re
from collections.abc import Iterator

STRINGS = {mark: re.compile(rf"{mark}(?:\\.|[^{mark}\\\n])*{mark}") for mark in "\"'"}
BEGINS = re.compile(r"[\"']|(?<![:\w])//|/\*")
BEGINS_HASHED = re.compile(r"[\"']|(?<![:\w])//|/\*|(?<![\w$&])#")
NOT_A_LINE = re.compile(r"[^\n]+")


def without_comments(text: str, *, hashed: bool = False) -> str:
    """Return a text with its comments blanked, of the same length and lines."""
    if not ("//" in text or "/*" in text or (hashed and "#" in text)):
        return text
    parts, position = [], 0
    for start, end in _comments(text, BEGINS_HASHED if hashed else BEGINS):
        blank = NOT_A_LINE.sub(lambda line: " " * len(line[0]), text[start:end])
        parts += [text[position:start], blank]
        position = end
    return "".join([*parts, text[position:]])


def _comments(text: str, begins: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield where each comment begins and ends."""
    position = 0
    unclosed = dict.fromkeys(STRINGS, 0)  # until where no quote of this kind closes
    last = text.rfind("*/")
    while found := begins.search(text, position):
        start, mark, position = found.start(), found[0], found.end()
        if mark in STRINGS:
            if start >= unclosed[mark]:
                whole = STRINGS[mark].match(text, start)
                position = whole.end() if whole else position
                unclosed[mark] = 0 if whole else _line_end(text, start)
        elif mark != "/*" or position <= last:
            position = text.find("*/", position) + 2 if mark == "/*" else _line_end(text, start)
            yield start, position


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
