"""What must hold across the databases of aquastream: each defect that is planted is found, and nothing else."""

from runpy import run_path

import pytest

from end_to_end.conftest import BACKENDS

INVARIANTS = run_path(str(BACKENDS / "aquastream" / "invariants.py"))
CHECKS = [INVARIANTS[name] for name in ("_seats", "_money", "_places", "_messages")]


def sound():
    """Return a seat that is paid, and one that was given back."""
    bookings = {
        1: {"id": 1, "user_id": "ann", "status": "confirmed", "payment_id": 11},
        2: {"id": 2, "user_id": "ben", "status": "cancelled", "payment_id": 12},
        3: {"id": 3, "user_id": "cid", "status": "waiting", "payment_id": None},
    }
    paid = {"status": "succeeded", "outcome": "confirmed", "captured": 100}
    payments = {
        11: paid | {"id": 11, "booking_id": 1, "reserved": 0},
        12: paid | {"id": 12, "booking_id": 2, "reserved": 100},
        13: paid | {"id": 13, "booking_id": 2, "outcome": "refused", "reserved": 100},
    }
    places = [{"booking_id": 1, "user_id": "ann"}]
    messages = [
        {"user_id": user, "key": f"booking_confirmed:{number}:", "status": "sent"}
        for number, user in ((1, "ann"), (2, "ben"))
    ]
    return INVARIANTS["Found"](bookings, payments, places, messages)


def broken(found):
    return [fault for check in CHECKS for fault in check(found)]


def test_what_is_sound_has_no_fault():
    assert broken(sound()) == []


DEFECTS = {
    "a payment is gone": (lambda found: found.payments.pop(11), "its payment 11 does not exist"),
    "a seat is not paid for": (lambda found: found.payments[11].update(status="failed", captured=0), "is failed"),
    "a seat is given back for nothing": (lambda found: found.payments[12].update(reserved=0), "is not paid back"),
    "a booking is never told": (lambda found: found.payments[13].update(outcome="none"), "was never told"),
    "money buys nothing": (lambda found: found.payments[13].update(reserved=40), "it bought nothing"),
    "a seat is sold twice": (lambda found: found.payments[13].update(outcome="confirmed"), "does not know it"),
    "a place is kept": (lambda found: found.places[0].update(booking_id=2), "has a place in a group"),
    "a place is another's": (lambda found: found.places[0].update(user_id="eve"), "not confirmed for that user"),
    "a message is lost": (lambda found: found.messages.pop(), "no message says"),
    "a message is doubled": (lambda found: found.messages.append(found.messages[0]), "sent 2 times"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(defect):
    plant, saying = DEFECTS[defect]
    found = sound()
    plant(found)
    [fault] = broken(found)
    assert saying in fault
