"""Recipes of a Makefile that make does not take for any: lines that begin with blanks where it wants a tab."""

import re
from collections.abc import Iterator

from stead.check.facts import At

TARGET = re.compile(r"^[^\s#:=][^#:=]*::?(?![=:])[^\\]*$")
# What may be indented by blanks: a directive, an assignment, a comment, and what begins with a function of make's.
FREE = re.compile(
    r"(?:#|ifn?eq|ifn?def|else|endif|-?include|sinclude|define|endef|export|unexport|override|undefine|vpath|private)\b"
    r"|#|[\w.$(){}-]+\s*[:?+!]{0,3}=|\$[({]|\t"
)


def spaces(text: str) -> Iterator[At]:
    """Yield the first line of each recipe that begins with blanks."""
    if ".RECIPEPREFIX" in text:
        return
    before, inside = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        inside = (inside or line.startswith("define ")) and not line.startswith("endef")
        if (
            not inside
            and TARGET.match(before)
            and line.startswith("  ")
            and line.strip()
            and not FREE.match(line.strip())
        ):
            yield At("this line of a recipe begins with blanks", number, 1, "make-blanks")
        before = line
