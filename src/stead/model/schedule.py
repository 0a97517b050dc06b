"""Schedule: when a job runs again. An interval, `5m`, or the five fields of cron in a time zone.

Cron as POSIX has it (minute, hour, day of month, month, day of week), with lists, ranges, steps and names; where both
days are restricted, either will do. An hour that a change of the clocks leaves out is left out; one that comes twice
counts once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
EVERY = re.compile(r"(\d+)\s*([smhd])")
SHORTEST = 1  # second
YEARS = 9  # within which 29 February is a given day of the week, and every other day is
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


class ScheduleError(ValueError):
    """A schedule that is malformed, or never due."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of cron: its name, its bounds, and the words for its numbers."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()

    def numbers(self, text: str) -> frozenset[int]:
        """Return the numbers that a field allows; ScheduleError when it is malformed."""
        return frozenset(number for part in text.split(",") for number in self._part(part))

    def _part(self, text: str) -> range:
        found = PART.fullmatch(text)
        if found is None:
            raise ScheduleError(f"{text!r} is not a valid {self.name}")
        first, last, step = found["first"], found["last"], int(found["step"] or 1)
        low = self.low if first == "*" else self._number(first)
        open_ended = first == "*" or (found["step"] and not last)
        high = self._number(last) if last else (self.high if open_ended else low)
        if step == 0 or high < low:
            raise ScheduleError(f"{text!r} allows no {self.name}")
        return range(low, high + 1, step)

    def _number(self, text: str) -> int:
        word = text.lower()[:3]
        number = self.words.index(word) + self.low if word in self.words else int(text) if text.isdigit() else -1
        if not self.low <= number <= self.high:
            raise ScheduleError(f"{text!r} is not a valid {self.name}: {self.low} to {self.high}")
        return number


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of the week", 0, 7, DAYS),
)


@dataclass(frozen=True)
class Interval:
    """Every so many seconds."""

    seconds: int

    def after(self, moment: datetime) -> datetime:
        return moment + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Cron:
    """The moments that five fields allow, in a time zone."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    zone: ZoneInfo

    def after(self, moment: datetime) -> datetime:
        """Return the next due time after this one, in UTC; ScheduleError without one."""
        local = moment.astimezone(self.zone).replace(second=0, microsecond=0, tzinfo=None) + timedelta(minutes=1)
        for candidate in self._candidates(local):
            due = candidate.replace(tzinfo=self.zone)
            back = due.astimezone(UTC).astimezone(self.zone)
            if back.replace(tzinfo=None) == candidate and due.astimezone(UTC) > moment:
                return due.astimezone(UTC)
        raise ScheduleError("it is never due")

    def _candidates(self, start: datetime) -> Iterator[datetime]:
        day = start.replace(hour=0, minute=0)
        for _ in range(366 * YEARS):
            if day.month in self.months and self._is_day(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        moment = day.replace(hour=hour, minute=minute)
                        if moment >= start:
                            yield moment
            day += timedelta(days=1)

    def _is_day(self, day: datetime) -> bool:
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return in_month or in_week if self.either else in_month and in_week


Schedule = Interval | Cron


def interval(text: str) -> Interval:
    """Parse `30s`, `5m`, `2h`, `1d`; ScheduleError for other texts."""
    found = EVERY.fullmatch(text.strip())
    seconds = int(found[1]) * UNITS[found[2]] if found else 0
    if seconds < SHORTEST:
        raise ScheduleError(f"{text!r} is not an interval: write a number and s, m, h or d, such as 5m")
    return Interval(seconds)


def cron(text: str, zone: str = "UTC") -> Cron:
    """Read the five fields of cron; ScheduleError when one is malformed, or nothing is ever due."""
    words = MACROS.get(text.strip(), text).split()
    if len(words) != len(FIELDS):
        raise ScheduleError(f"{text!r} has {len(words)} fields: write minute, hour, day, month and day of the week")
    minutes, hours, days, months, weekdays = (field.numbers(word) for field, word in zip(FIELDS, words, strict=True))
    either = not words[2].startswith("*") and not words[4].startswith("*")
    found = Cron(minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either, _zone(zone))
    found.after(datetime(2024, 1, 1, tzinfo=UTC))
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleError(f"{name!r} is not a time zone: write a name such as Europe/Berlin") from None
