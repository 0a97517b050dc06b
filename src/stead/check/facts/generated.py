"""What in a file was made by a command: all of it, by its mark, or a picture in a document."""

import re
from pathlib import Path

from stead.check.facts import At, Facts
from stead.check.facts.position import Positions
from stead.render.header import mark_of

GRAPH = re.compile(r"^<!-- graph: ([^\n]*?) -->[ \t]*$", re.MULTILINE)
FIRST = 300  # characters in which a mark is


def read(path: Path, text: str, facts: Facts) -> None:
    """Add the pictures that a document marks, and the mark of a rendered file."""
    if path.suffix in (".md", ".markdown") and "<!-- graph: " in text:
        positions = Positions(text)
        facts.made += (positions.at(found.start(), "graph", found[1].strip()) for found in GRAPH.finditer(text))
    if "stead render" in text[:FIRST]:
        mark = mark_of(text)
        if mark is not None:
            facts.made.append(At("rendered", 1, 1, "" if mark.intact else "edited"))
