"""Replay: go through all groups and report every broken invariant of `replay.sql`.

`python -m stead.services.crews.replay` reads DATABASE_URL, prints each fault, and ends with 0 when there is
none, with 1 when there is one, with 78 when there is no URL.
"""

import sys

from stead.kit import invariants
from stead.kit.invariants import Report
from stead.kit.sql import Queries

SQL = Queries.beside(__file__, "replay.sql")


def replay(url: str) -> Report:
    """Check every invariant of the database at that URL."""
    return invariants.replay(url, SQL)


if __name__ == "__main__":
    sys.exit(invariants.main(SQL))
