"""What the configuration of a Spring service reads from the environment: `${NAME}` and `${NAME:default}`."""

import re
from pathlib import Path

from stead.check.facts import Facts
from stead.check.facts.position import Positions

READS = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)(:([^}\n]{0,200}))?\}")
COMMENT = re.compile(r"(?m)(^|\s)#[^\n]*")


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add what an `application.yml` or `application.properties` reads."""
    bare = COMMENT.sub(
        lambda found: " " * len(found[0]) if "\n" not in found[0] else "\n" + " " * (len(found[0]) - 1), text
    )
    positions = Positions(bare)
    for found in READS.finditer(bare):
        more = "" if found[2] is None else f"default:{found[3]}"
        facts.reads.append(positions.at(found.start(), found[1], more))
