"""Export: an organizer's bookings as CSV (RFC 4180), and events as a calendar (iCalendar, RFC 5545).

Both are written by hand: a calendar of plain events needs the folding and the escaping below, and no more.
"""

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from stead.services.events.contract import Booking

COLUMNS = ("id", "user_id", "status", "price", "currency", "created_at")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
FOLD = 75  # octets of a line, by RFC 5545
STATUS = {"published": "CONFIRMED", "completed": "CONFIRMED", "cancelled": "CANCELLED"}


async def bookings_csv(pages: AsyncIterable[Sequence[Booking]]) -> AsyncIterator[bytes]:
    """Yield a table of bookings; a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    yield _lines([COLUMNS])
    async for page in pages:
        yield _lines([_cell(getattr(booking, name)) for name in COLUMNS] for booking in page)


def calendar(title: str, events: Iterable[Mapping[str, Any]]) -> bytes:
    """Return an iCalendar file with one VEVENT for each event."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stead//events//EN", f"X-WR-CALNAME:{_text(title)}"]
    for event in events:
        lines += _event(event)
    folded = (part for line in (*lines, "END:VCALENDAR") for part in _folded(line))
    return ("\r\n".join(folded) + "\r\n").encode()


def _event(event: Mapping[str, Any]) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event['id']}",
        f"DTSTAMP:{_time(event['created_at'])}",
        f"DTSTART:{_time(event['starts_at'])}",
        f"DTEND:{_time(event['ends_at'])}",
        f"SUMMARY:{_text(event['title'])}",
        f"DESCRIPTION:{_text(event['description'])}",
        f"STATUS:{STATUS[event['status']]}",
        "END:VEVENT",
    ]


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def _cell(value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Split a line so that no part has more than 75 octets and no character is cut."""
    part = ""
    for character in line:
        if len((part + character).encode()) > FOLD:
            yield part
            part = " "
        part += character
    yield part
