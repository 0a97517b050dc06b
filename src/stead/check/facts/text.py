"""What holds of any text, whatever it says: how it begins, whether it was merged, whether it is UTF-8."""

import re
from pathlib import Path

from stead.check.facts import At, Facts
from stead.check.facts.position import Positions

OURS = re.compile(r"^<<<<<<< ", re.MULTILINE)
PARTED = re.compile(r"^=======\r?$", re.MULTILINE)
THEIRS = re.compile(r"^>>>>>>> ", re.MULTILINE)
BROKEN = "\ufffd"  # what a byte becomes that is not UTF-8
MARK = "\ufeff"


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add the interpreter that a text names, and its faults."""
    bare = text.removeprefix(MARK)
    if bare.startswith("#!"):
        first = bare[:200].partition("\n")[0]
        facts.starts.append(At(first[2:].strip(), 1, 1))
        if first.endswith("\r"):
            facts.faults.append(At("ends in a carriage return", 1, len(first), "shebang"))
        elif bare is not text:
            facts.faults.append(At("stands behind a byte order mark", 1, 1, "shebang"))
    if BROKEN in text:
        facts.faults.append(Positions(text).at(text.index(BROKEN), "", "utf-8"))
    if "<<<<<<< " in text:
        _merged(text, facts)


def _merged(text: str, facts: Facts) -> None:
    """Add one fault for each conflict: all three of its marks, in order."""
    positions, end = Positions(text), 0
    while ours := OURS.search(text, end):
        parted = PARTED.search(text, ours.end())
        theirs = THEIRS.search(text, parted.end()) if parted else None
        if not theirs:
            return
        facts.faults.append(positions.at(ours.start(), "", "conflict"))
        end = theirs.end()
