"""Pure decisions about seats and bookings.

A seat is taken by a confirmed booking, by a pending one while its hold lasts, or by an offer to the waiting list. While
someone waits, a free seat is offered to the first in line: a new booking never passes the line.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Literal

Counted = Literal["pending", "confirmed", "offered", "waiting"]
ACTIVE: frozenset[str] = frozenset({"pending", "confirmed", "offered", "waiting"})
EVENT_MOVES = {"draft": {"published", "cancelled"}, "published": {"completed", "cancelled"}}
SLUG_LENGTH = 100
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Seats:
    """How many seats an event has, how they are taken, and how many bookings wait."""

    capacity: int
    pending: int = 0
    confirmed: int = 0
    offered: int = 0
    waiting: int = 0

    @property
    def taken(self) -> int:
        return self.pending + self.confirmed + self.offered

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    def moved(self, before: str | None, after: str | None, number: int = 1) -> "Seats":
        """Return the seats after so many bookings went from one status to another; an ended one is not counted."""
        seats = self
        for status, change in ((before, -number), (after, number)):
            if status in ACTIVE:
                seats = replace(seats, **{str(status): getattr(seats, str(status)) + change})
        return seats

    def arrival(self, price: int) -> Counted:
        """Return the status of a new booking."""
        if self.free <= 0 or self.waiting:
            return "waiting"
        return "pending" if price else "confirmed"

    @property
    def offers(self) -> int:
        """Return how many of those who wait can be offered a seat now."""
        return max(0, min(self.free, self.waiting))

    @property
    def spare(self) -> bool:
        """Return whether a seat is free that nobody waits for."""
        return self.free > 0 and not self.waiting


def confirmation(status: str, paid_by: object, payment: object, *, spare: bool, open_: bool, other: bool) -> str:
    """Return what a payment does to a booking: `confirm`, `repeat`, or the code of a refusal.

    status   of the booking
    paid_by  the payment that confirmed it before
    spare    a seat is free that nobody waits for
    open_    the event is published and has not started
    other    the user has another active booking of the event
    """
    if paid_by is not None:
        if paid_by != payment:
            return "already_paid"
        return "repeat" if status in ("confirmed", "completed", "no_show") else "booking_ended"
    if status in ("pending", "offered"):
        return "confirm"
    if status == "expired" and spare and open_ and not other:
        return "confirm"
    return "already_paid" if status == "confirmed" else "booking_ended"


def is_slug(text: str) -> bool:
    """Return whether this can name an organizer in a URL: lower-case letters and digits, joined by hyphens."""
    return len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text) is not None


def digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
