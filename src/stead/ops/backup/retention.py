"""Choose the backups to remove from a list of complete backups; a pure function.

The policy applies to every part by itself, and a backup is removed only when it applies to none of its parts. So a
backup of one service never displaces the last backup of another, and the newest of each part always stays.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from stead.ops.backup.error import BackupError

WRITTEN = re.compile(r"(\w+)=(\d+)")
PERIODS: Mapping[str, str] = {"daily": "%Y-%m-%d", "weekly": "%G-W%V", "monthly": "%Y-%m", "yearly": "%Y"}


@dataclass(frozen=True)
class Policy:
    """The number of backups to keep: the last ones, and the newest of each day, week, month and year."""

    last: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    yearly: int = 0

    @classmethod
    def read(cls, text: str) -> "Policy":
        """Parse `7`, or `last=3,daily=7,weekly=4`; BackupError for any other text."""
        words = [f"last={word}" if word.isdigit() else word for word in text.replace(" ", "").split(",")]
        counts = {match[1]: int(match[2]) for word in words if (match := WRITTEN.fullmatch(word))}
        known = {each.name for each in fields(cls)}
        if len(counts) < len(words) or not counts.keys() <= known or not any(counts.values()):
            raise BackupError(f"--keep {text}: expected a number above 0, or last=, daily=, weekly=, monthly=, yearly=")
        return cls(**counts)

    def __str__(self) -> str:
        terms = [f"{each.name} {getattr(self, each.name)}" for each in fields(self) if getattr(self, each.name)]
        return ", ".join(terms)


@dataclass(frozen=True)
class Dated:
    """One backup, with the fields that retention needs."""

    name: str
    at: datetime
    parts: frozenset[str]


def removable(backups: Sequence[Dated], policy: Policy) -> list[Dated]:
    """Return the backups to remove, the oldest first."""
    newest_first = sorted(backups, key=lambda backup: (backup.at, backup.name), reverse=True)
    parts = frozenset[str]().union(*(backup.parts for backup in backups))
    retained = {
        backup.name
        for part in parts
        for backup in _retained([one for one in newest_first if part in one.parts], policy)
    }
    return [backup for backup in reversed(newest_first) if backup.name not in retained]


def _retained(newest_first: Sequence[Dated], policy: Policy) -> list[Dated]:
    retained = list(newest_first[: max(1, policy.last)])
    for period, form in PERIODS.items():
        retained += _newest_of_each(newest_first, form, getattr(policy, period))
    return retained


def _newest_of_each(newest_first: Sequence[Dated], period: str, number: int) -> list[Dated]:
    found: dict[str, Dated] = {}
    for backup in newest_first:
        found.setdefault(backup.at.strftime(period), backup)
    return list(found.values())[:number]
