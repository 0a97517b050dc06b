"""Make third-party text safe for a terminal: without sequences that move the cursor or change colour, title or
clipboard.

What a process writes, a file holds or a server answers may contain escape sequences, by chance or on purpose. Every
command that shows such a text passes it through here. Rejected: a filter around the standard output, which could not
tell those sequences from Stead's own colours.
"""

import re
import unicodedata

COLOUR = re.compile(r"\x1b\[[0-9;:]*m")  # what a program writes that takes its log file for a terminal


def printable(text: str) -> str:
    """Return a text without colours; any other character that controls a terminal is shown as a point."""
    return visible(COLOUR.sub("", text)) if "\x1b" in text else visible(text)


def visible(text: str) -> str:
    """Return a text of the same length in which each control character is a point; line ends and tabs stay."""
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable() or character in "\n\t":
        return character
    return "·" if unicodedata.category(character)[0] == "C" else " "
