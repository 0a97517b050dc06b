"""Replay: go through the whole ledger and report every broken invariant.

`python -m stead.services.points.replay` reads DATABASE_URL, prints each fault as it is found, and ends with 0 when
there is none, with 1 when there is one, with 78 when it was not told where the ledger is.

Every invariant is one statement in `replay.sql` that returns what breaks it. All of them see the ledger at one moment
(one snapshot), while it goes on being written. PostgreSQL does the sorting, on disk when it is large, and what is found
comes by a server-side cursor, so the memory here does not grow with the ledger. Walking through the entries in Python,
the rejected option, brings all of them over the wire, and has to hold an account's awards to add up their reversals.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.rows import DictRow, dict_row

from stead.kit.sql import Queries

SQL = Queries.beside(__file__, "replay.sql")
INVARIANTS = ("seq", "chain", "balance", "negative", "key", "reversal", "orphan", "double_entry")
WINDOW = "window"
KEPT = 100
PAGE = 1000
EXIT_BROKEN = 1
EXIT_CONFIG = 78


@dataclass(frozen=True, slots=True)
class Broken:
    """One fault: which invariant, where, and what is there."""

    invariant: str
    place: str
    fault: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.place}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Report:
    """How many entries were gone through, how often each invariant is broken, and the first hundred faults."""

    entries: int
    counts: Counter[str] = field(default_factory=Counter)
    first: list[Broken] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.counts

    def __str__(self) -> str:
        if self.clean:
            return f"{self.entries} entries, every invariant holds"
        found = ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))
        return f"{self.entries} entries, broken: {found}"


def replay(url: str, tell: Callable[[Broken], object] = lambda _: None) -> Report:
    """Go through the ledger at that URL; `tell` hears of every fault. Raises psycopg.Error when it cannot be read."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT COUNT(*) AS entries FROM entry").fetchone()
        report = Report(row["entries"] if row else 0)
        for broken in _faults(connection):
            report.counts[broken.invariant] += 1
            if len(report.first) < KEPT:
                report.first.append(broken)
            tell(broken)
        return report


def _faults(connection: Connection[DictRow]) -> Iterator[Broken]:
    for invariant in INVARIANTS:
        yield from _stream(connection, invariant, {})
    for rule in connection.execute(SQL["rules"]).fetchall():
        yield from _stream(connection, WINDOW, rule)


def _stream(connection: Connection[DictRow], invariant: str, values: Mapping[str, object]) -> Iterator[Broken]:
    with connection.cursor("replay") as cursor:
        cursor.itersize = PAGE
        cursor.execute(SQL[invariant], values or None)
        for row in cursor:
            yield Broken(invariant, row["place"], row["fault"])


def main() -> int:
    """Replay the ledger at DATABASE_URL; return the exit status."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        print("DATABASE_URL is missing: the ledger's own database, a postgresql:// URL", file=sys.stderr)  # noqa: T201
        return EXIT_CONFIG
    report = replay(url, print)
    print(report)  # noqa: T201 - what the command is for
    return 0 if report.clean else EXIT_BROKEN


if __name__ == "__main__":
    sys.exit(main())
