"""Invariants: SQL statements that return violations, run over a snapshot of a service's database.

A service has them in a separate file, one statement each, with the columns `place` and `fault`; a statement named
`subject` returns the checked scope, such as `7 entries`. All see one snapshot, while other sessions write. PostgreSQL
sorts, on disk if needed, and faults are read by a server-side cursor, so the memory here does not grow with the data.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.rows import DictRow, dict_row

from stead.kit.sql import Queries

SUBJECT = "subject"
SHOWN = 100
PAGE = 1000
EXIT_BROKEN = 1
EXIT_CONFIG = 78


@dataclass(frozen=True, slots=True)
class BrokenInvariant:
    """One violation: the invariant, the place, and the value."""

    invariant: str
    place: str
    fault: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.place}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Report:
    """The checked scope, the number of violations of each invariant, and the first hundred of them."""

    subject: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    first: list[BrokenInvariant] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.counts

    def __str__(self) -> str:
        found = ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))
        outcome = "every invariant holds" if self.clean else f"broken: {found}"
        return f"{self.subject}, {outcome}" if self.subject else outcome


def replay(url: str, invariants: Queries, on_broken: Callable[[BrokenInvariant], object] = lambda _: None) -> Report:
    """Check every invariant at that URL; `tell` gets every fault. Raises psycopg.Error when it cannot be read."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        report = Report(_subject(connection, invariants))
        for name in (each for each in invariants if each != SUBJECT):
            with connection.cursor("invariants") as cursor:
                cursor.itersize = PAGE
                cursor.execute(invariants[name])
                for row in cursor:
                    _note(report, BrokenInvariant(name, row["place"], row["fault"]), on_broken)
        return report


def _subject(connection: Connection[DictRow], invariants: Queries) -> str:
    row = connection.execute(invariants[SUBJECT]).fetchone() if SUBJECT in invariants else None
    return row[SUBJECT] if row else ""


def _note(report: Report, broken: BrokenInvariant, on_broken: Callable[[BrokenInvariant], object]) -> None:
    report.counts[broken.invariant] += 1
    if len(report.first) < SHOWN:
        report.first.append(broken)
    on_broken(broken)


def main(invariants: Queries) -> int:
    """Check the invariants at DATABASE_URL; return the exit status: 0, or 1 when one is broken, or 78 with no URL."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        print("DATABASE_URL is missing: the service's own database, a postgresql:// URL", file=sys.stderr)  # noqa: T201
        return EXIT_CONFIG
    report = replay(url, invariants, print)
    print(report)  # noqa: T201 - what the command is for
    return 0 if report.clean else EXIT_BROKEN
