"""What must hold across the databases of Aquastream once every message is delivered. The kill campaign asks it.

Each service checks its own rows (`replay.sql`); here what one service holds is compared with what another one holds: a
seat with its payment, money with its refund, a place in a boat with its booking, and an event with its message.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

BOOKINGS = "SELECT id, user_id, status, payment_id FROM booking"
PAYMENTS = "SELECT id, booking_id, status, outcome, captured, reserved FROM payment"
PLACES = "SELECT booking_id, user_id FROM assignment WHERE status = 'active'"
MESSAGES = "SELECT user_id, key, status, reason FROM message"
TAKEN = frozenset({"confirmed", "completed", "no_show"})

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of all databases."""

    bookings: dict[Any, Row]
    payments: dict[Any, Row]
    places: list[Row]
    messages: list[Row]


def faults(database_of: Callable[[str], str]) -> list[str]:
    """Return each broken invariant as one line; `database_of` gives the URL of a service's database."""
    bookings, payments = _rows(database_of("events"), BOOKINGS), _rows(database_of("payments"), PAYMENTS)
    found = Found(
        {row["id"]: row for row in bookings},
        {row["id"]: row for row in payments},
        _rows(database_of("crews"), PLACES),
        _rows(database_of("notifications"), MESSAGES),
    )
    return [*_seats(found), *_money(found), *_places(found), *_messages(found)]


def _seats(found: Found) -> Iterator[str]:
    for booking in found.bookings.values():
        payment = found.payments.get(booking["payment_id"])
        if booking["payment_id"] is None:
            continue
        if payment is None:
            yield f"booking {booking['id']}: lost: its payment {booking['payment_id']} does not exist"
        elif booking["status"] in TAKEN and payment["captured"] == 0:
            yield f"booking {booking['id']}: {booking['status']}, and its payment is {payment['status']}"
        elif booking["status"] not in TAKEN and payment["reserved"] != payment["captured"]:
            yield f"booking {booking['id']}: lost: {booking['status']}, and its payment is not paid back"


def _money(found: Found) -> Iterator[str]:
    for payment in found.payments.values():
        booking = found.bookings.get(payment["booking_id"])
        if payment["status"] != "succeeded":
            continue
        if payment["outcome"] == "none":
            yield f"payment {payment['id']}: lost: captured, and its booking was never told"
        elif payment["outcome"] == "refused" and payment["reserved"] != payment["captured"]:
            yield f"payment {payment['id']}: lost: it bought nothing, and is not paid back"
        elif payment["outcome"] == "confirmed" and (booking is None or booking["payment_id"] != payment["id"]):
            yield f"payment {payment['id']}: lost: it confirmed a booking that does not know it"


def _places(found: Found) -> Iterator[str]:
    for place in found.places:
        booking = found.bookings.get(place["booking_id"])
        if booking is None or booking["status"] not in TAKEN or booking["user_id"] != place["user_id"]:
            yield f"booking {place['booking_id']}: it has a place in a group, and is not confirmed for that user"


def _messages(found: Found) -> Iterator[str]:
    keys = {row["key"] for row in found.messages}
    for booking in found.bookings.values():
        if booking["payment_id"] is not None and f"booking_confirmed:{booking['id']}:" not in keys:
            yield f"booking {booking['id']}: lost: no message says that it was confirmed"
    for row in found.messages:
        if row["status"] == "dead":
            yield f"message {row['key']} to {row['user_id']}: lost: {row['reason']}"
    sent = Counter((row["user_id"], row["key"]) for row in found.messages if row["status"] == "sent")
    for (user, key), count in sent.items():
        if count > 1:
            yield f"message {key} to {user}: doubled: sent {count} times"


def _rows(url: str, query: str) -> list[Row]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()
