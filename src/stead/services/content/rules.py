"""Pure decisions about seats.

A seat is held by a registration or by an offer. Unless an editor promotes by hand, a seat is free only while nobody is
in line: whatever frees one ends with `promotions`, under the same lock. Once an event has started nobody comes in or
moves up any more, though one may still cancel.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from stead.services.content.contract import Promotion, Status

Held = Literal["registered", "offered", "waiting"]
_COUNTED: dict[str, Held] = {"registered": "registered", "offered": "offered", "waitlisted": "waiting"}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Seats:
    """How an event's seats are held, and how many are in line."""

    capacity: int
    registered: int = 0
    offered: int = 0
    waiting: int = 0

    @property
    def taken(self) -> int:
        return self.registered + self.offered

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    def moved(self, before: str | None, after: str | None, number: int = 1) -> "Seats":
        """Return the seats after so many registrations went from one status to another; None is not counted."""
        seats = self
        for status, change in ((before, -number), (after, number)):
            if count := _COUNTED.get(status or ""):
                seats = replace(seats, **{count: getattr(seats, count) + change})
        return seats

    def arrival(self) -> Status:
        """Return the status of a new registration: it never passes the waiting list."""
        return "registered" if self.free > 0 and self.waiting == 0 else "waitlisted"

    def fits(self, capacity: int) -> bool:
        """Return whether a new capacity has room for the seats that are registered or promised."""
        return self.taken <= capacity


@dataclass(frozen=True, slots=True)
class Move:
    """So many of the first in line get this status."""

    number: int
    status: Literal["registered", "offered"]


def promotions(seats: Seats, promotion: Promotion, *, started: bool) -> Move | None:
    """Return the promotion that is due, or None."""
    number = min(seats.free, seats.waiting)
    if started or number <= 0 or promotion == "manual":
        return None
    return Move(number, "registered" if promotion == "automatic" else "offered")


def is_country(text: str) -> bool:
    """Recognise a country's code: ISO 3166-1 alpha-2, in small letters."""
    return len(text) == 2 and text.isascii() and text.isalpha() and text.islower()


def is_slug(text: str) -> bool:
    """Return whether this can name an article in a URL: lower-case letters and digits, joined by hyphens."""
    return len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text) is not None


def matches(condition: str, revision: int | None) -> bool:
    """Return whether an If-Match condition (RFC 9110 section 13.1.1) holds; revision None: there is no article."""
    if revision is None:
        return False
    return condition.strip() == "*" or f'"{revision}"' in (tag.strip() for tag in condition.split(","))
