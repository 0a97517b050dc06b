"""Schedules: intervals, and cron in a time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stead.model.schedule import ScheduleError, cron, interval

NOON = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # a Saturday; the clocks of Berlin change the night after


@pytest.mark.parametrize(
    ("text", "zone", "due"),
    [
        ("*/15 * * * *", "UTC", datetime(2026, 3, 28, 12, 15, tzinfo=UTC)),
        ("0 3 * * mon-fri", "UTC", datetime(2026, 3, 30, 3, 0, tzinfo=UTC)),
        ("0 12 * * *", "UTC", datetime(2026, 3, 29, 12, 0, tzinfo=UTC)),
        ("0 9 * * *", "Asia/Tokyo", datetime(2026, 3, 29, 0, 0, tzinfo=UTC)),
        ("30 2 * * *", "Europe/Berlin", datetime(2026, 3, 30, 0, 30, tzinfo=UTC)),
        ("0 0 29 2 *", "UTC", datetime(2028, 2, 29, tzinfo=UTC)),
        ("0 0 1 * sun", "UTC", datetime(2026, 3, 29, tzinfo=UTC)),
        ("5,10 14-16 * jan,jun *", "UTC", datetime(2026, 6, 1, 14, 5, tzinfo=UTC)),
        ("@weekly", "UTC", datetime(2026, 3, 29, tzinfo=UTC)),
        ("0 0 * * 7", "UTC", datetime(2026, 3, 29, tzinfo=UTC)),
    ],
)
def test_the_next_run_is_the_first_moment_that_the_fields_allow(text, zone, due):
    assert cron(text, zone).after(NOON) == due


def test_an_hour_that_comes_twice_counts_once():
    schedule = cron("30 2 * * *", "Europe/Berlin")
    first = schedule.after(datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert schedule.after(first) - first == timedelta(days=1, hours=1)


@given(st.integers(0, 59), st.integers(0, 23), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.booleans())
def test_the_next_run_is_later_and_at_its_time(minute, hour, moment, berlin):
    zone = "Europe/Berlin" if berlin else "UTC"
    due = cron(f"{minute} {hour} * * *", zone).after(moment.replace(tzinfo=UTC))
    local = due.astimezone(ZoneInfo(zone))
    assert due > moment.replace(tzinfo=UTC)
    assert (local.minute, local.hour, local.second) == (minute, hour, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("* * * *", "has 4 fields"),
        ("60 * * * *", "is not a valid minute: 0 to 59"),
        ("* * * * monday-funday", "is not a valid day of the week"),
        ("*/0 * * * *", "allows no minute"),
        ("30-10 * * * *", "allows no minute"),
        ("0 0 30 2 *", "never due"),
        ("a b c d e", "is not a valid minute"),
    ],
)
def test_what_is_no_schedule_is_said(text, said):
    with pytest.raises(ScheduleError, match=said):
        cron(text)


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86_400)])
def test_an_interval_is_a_number_and_a_unit(text, seconds):
    assert interval(text).after(NOON) - NOON == timedelta(seconds=seconds)
    for wrong in ("5", "0s", "5 minutes", ""):
        with pytest.raises(ScheduleError, match="is not an interval"):
            interval(wrong)


def test_a_time_zone_that_is_none_is_said():
    with pytest.raises(ScheduleError, match="'Mars/Base' is not a time zone"):
        cron("0 0 * * *", "Mars/Base")
