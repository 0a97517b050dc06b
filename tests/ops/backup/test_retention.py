"""Which backups may go."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stead.ops.backup.error import BackupError
from stead.ops.backup.retention import Dated, Policy, removable

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
policies = st.builds(Policy, *[st.integers(0, 5)] * 5)
backups = st.lists(st.tuples(st.integers(0, 900), st.frozensets(st.sampled_from("abc"), min_size=1)), max_size=30).map(
    lambda all_of: [
        Dated(f"{number:03}", NOW - timedelta(hours=hours), parts) for number, (hours, parts) in enumerate(all_of)
    ]
)


def daily(days):
    return [Dated(f"day {day}", NOW - timedelta(days=day), frozenset("a")) for day in range(days)]


@given(backups, policies)
def test_the_last_one_of_each_part_stays(found, policy):
    gone = removable(found, policy)
    left = [backup for backup in found if backup not in gone]
    for part in {part for backup in found for part in backup.parts}:
        newest = max((backup for backup in found if part in backup.parts), key=lambda backup: (backup.at, backup.name))
        assert newest in left


@given(backups, policies)
def test_what_was_kept_is_kept_again(found, policy):
    """Asked again at once it removes nothing more."""
    gone = removable(found, policy)
    assert removable([backup for backup in found if backup not in gone], policy) == []


@given(backups, st.integers(1, 5))
def test_a_backup_of_one_part_pushes_out_none_of_another(found, number):
    gone = removable(found, Policy(last=number))
    for part in "abc":
        of_part = [backup for backup in found if part in backup.parts]
        assert sum(backup not in gone for backup in of_part) >= min(number, len(of_part))


def test_the_last_seven():
    assert [backup.name for backup in removable(daily(9), Policy(last=7))] == ["day 8", "day 7"]


def test_days_weeks_and_months():
    kept = set(daily(400)) - set(removable(daily(400), Policy(daily=3, weekly=3, monthly=3)))
    assert sorted(int(backup.name[4:]) for backup in kept) == [0, 1, 2, 5, 12, 20, 51]


@pytest.mark.parametrize(
    ("text", "policy"),
    [("7", Policy(last=7)), ("daily=7,weekly=4", Policy(daily=7, weekly=4)), ("last=1, yearly=2", Policy(1, yearly=2))],
)
def test_it_is_read(text, policy):
    assert Policy.read(text) == policy


@pytest.mark.parametrize("text", ["0", "-1", "daily", "hourly=3", "last=0", "7,", "last=x"])
def test_nonsense_is_refused(text):
    with pytest.raises(BackupError, match="--keep"):
        Policy.read(text)
