"""The answers of a moment ago: short-lived, bounded, and gone when a token is revoked."""

from datetime import UTC, datetime

from stead.services.tokens.credential_cache import Recent
from stead.services.tokens.store import Grant

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def grant(name, remaining=1000.0):
    return Grant(name, "user_1", ("points:read",), MOMENT, MOMENT, remaining)


def test_an_answer_holds_for_a_second():
    clock = Clock()
    recent = Recent(clock=clock)
    recent.put(b"1", grant("one"), 0)
    recent.put(b"2", None, 0)
    clock.now = 0.99
    assert recent.get(b"1").grant == grant("one")
    assert recent.get(b"2").grant is None
    clock.now = 1.0
    assert recent.get(b"1") is None
    assert recent.get(b"2") is None


def test_an_answer_does_not_outlive_its_token():
    clock = Clock()
    recent = Recent(clock=clock)
    recent.put(b"1", grant("one", remaining=0.25), 0)
    clock.now = 0.25
    assert recent.get(b"1") is None


def test_the_oldest_answer_goes_first():
    recent = Recent(most=2)
    for number in range(3):
        recent.put(b"%d" % number, None, 0)
    assert [recent.get(b"%d" % number) is None for number in range(3)] == [True, False, False]


def test_what_is_revoked_is_forgotten():
    recent = Recent()
    recent.put(b"1", grant("one"), 0)
    recent.put(b"2", grant("two"), 0)
    recent.forget("one")
    assert recent.get(b"1") is None
    assert recent.get(b"2").grant == grant("two")


def test_an_answer_that_was_on_its_way_during_a_revocation_is_not_kept():
    recent = Recent()
    before = recent.generation
    recent.forget("one")
    recent.put(b"1", grant("one"), before)
    assert recent.get(b"1") is None
