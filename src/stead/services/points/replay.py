"""Replay: go through the whole ledger and report every broken invariant of `replay.sql`.

`python -m stead.services.points.replay` reads DATABASE_URL, prints each fault as it is found, and ends with 0 when
there is none, with 1 when there is one, with 78 when there is no URL. Walking through the entries in Python, the
rejected option, brings all of them over the wire, and has to hold an account's awards to add up their reversals.
"""

import sys
from collections.abc import Callable

from stead.kit import invariants
from stead.kit.invariants import BrokenInvariant, Report
from stead.kit.sql import Queries

SQL = Queries.beside(__file__, "replay.sql")


def replay(url: str, on_broken: Callable[[BrokenInvariant], object] = lambda _: None) -> Report:
    """Go through the ledger at that URL; `tell` gets every fault. Raises psycopg.Error when it cannot be read."""
    return invariants.replay(url, SQL, on_broken)


if __name__ == "__main__":
    sys.exit(invariants.main(SQL))
