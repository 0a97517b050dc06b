"""The decisions about seats, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stead.services.content import rules
from stead.services.content.rules import Move, Seats

COUNT = st.integers(0, 50)


@st.composite
def possible(draw):
    """Seats as they may stand while somebody holds the lock: never more taken than there are."""
    capacity = draw(st.integers(1, 50))
    registered = draw(st.integers(0, capacity))
    return Seats(capacity, registered, draw(st.integers(0, capacity - registered)), draw(COUNT))


@pytest.mark.parametrize(
    ("seats", "status"),
    [
        (Seats(2), "registered"),
        (Seats(2, 1), "registered"),
        (Seats(2, 2), "waitlisted"),
        (Seats(2, 1, 1), "waitlisted"),
        (Seats(2, 1, 0, 1), "waitlisted"),
    ],
)
def test_arrival(seats, status):
    assert seats.arrival() == status


@given(possible(), st.sampled_from(["automatic", "offer"]))
def test_after_promotions_a_seat_is_free_only_while_nobody_waits(seats, promotion):
    move = rules.promotions(seats, promotion, started=False)
    after = seats.moved("waitlisted", move.status, move.number) if move else seats
    assert after.free >= 0 and after.waiting >= 0
    assert after.free == 0 or after.waiting == 0
    assert after.taken + after.waiting == seats.taken + seats.waiting


@given(possible())
def test_nobody_moves_up_by_themselves_where_an_editor_promotes(seats):
    assert rules.promotions(seats, "manual", started=False) is None


@given(possible(), st.sampled_from(["automatic", "offer", "manual"]))
def test_nobody_moves_up_once_it_has_started(seats, promotion):
    assert rules.promotions(seats, promotion, started=True) is None


def test_promotion_registers_or_offers():
    assert rules.promotions(Seats(3, 1, 0, 5), "automatic", started=False) == Move(2, "registered")
    assert rules.promotions(Seats(3, 1, 1, 5), "offer", started=False) == Move(1, "offered")
    assert rules.promotions(Seats(3, 3, 0, 5), "offer", started=False) is None
    assert rules.promotions(Seats(3, 1, 0, 0), "offer", started=False) is None


def test_moved_counts_only_what_is_held():
    seats = Seats(5, 2, 1, 3)
    assert seats.moved("registered", None) == Seats(5, 1, 1, 3)
    assert seats.moved("waitlisted", "cancelled") == Seats(5, 2, 1, 2)
    assert seats.moved(None, "waitlisted", 4) == Seats(5, 2, 1, 7)
    assert seats.moved("offered", "registered") == Seats(5, 3, 0, 3)


@given(possible(), st.integers(1, 60))
def test_a_capacity_fits_what_is_taken(seats, capacity):
    assert seats.fits(capacity) == (seats.registered + seats.offered <= capacity)


@pytest.mark.parametrize("slug", ["a", "hello-world", "2026", "a" * 100])
def test_slug(slug):
    assert rules.is_slug(slug)


@pytest.mark.parametrize("slug", ["", "-", "a-", "-a", "a--b", "A", "a b", "a\n", "é", "a" * 101, "\x00", "a/b"])
def test_no_slug(slug):
    assert not rules.is_slug(slug)


@pytest.mark.parametrize(
    ("condition", "revision", "holds"),
    [
        ('"3"', 3, True),
        ('"2"', 3, False),
        ('"1", "3"', 3, True),
        ("*", 3, True),
        ("*", None, False),
        ('"1"', None, False),
    ],
)
def test_if_match(condition, revision, holds):
    assert rules.matches(condition, revision) == holds
