"""Whether a session holds: a pure judgement."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stead.services.sessions import rules
from stead.services.sessions.contract import Session

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
GRACE = 10 * SECOND


def session(*, expires=60 * SECOND, idle=30 * SECOND):
    return Session("id", "user_1", "telegram", (), None, NOW, NOW, NOW + expires, NOW + idle)


def found(*, now=NOW, epoch=1, user_epoch=1, ended=False, retired_at=None, **ends):
    return rules.SessionState(session(**ends), epoch, user_epoch, ended, now, retired_at)


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({}, None),
        ({"ended": True}, "ended"),
        ({"user_epoch": 2}, "ended with all others"),
        ({"user_epoch": None}, "ended with all others"),
        ({"epoch": 3, "user_epoch": 2}, "ended with all others"),
        ({"now": NOW + 30 * SECOND - timedelta(milliseconds=1)}, None),
        ({"now": NOW + 30 * SECOND}, "idle"),
        ({"now": NOW + 60 * SECOND}, "expired"),
        ({"retired_at": NOW, "now": NOW + 9.999 * SECOND}, None),
        ({"retired_at": NOW, "now": NOW + 10 * SECOND}, "rotated before"),
        ({"retired_at": NOW, "now": NOW + 10 * SECOND, "ended": True}, "ended"),
    ],
)
def test_each_fault_is_told_apart(facts, wrong):
    assert rules.fault(found(**facts), GRACE) == wrong


@given(
    now=st.timedeltas(timedelta(0), 100 * SECOND),
    epochs=st.tuples(st.integers(1, 3), st.none() | st.integers(1, 3)),
    ended=st.booleans(),
    retired=st.none() | st.timedeltas(timedelta(0), 100 * SECOND),
)
def test_what_holds_has_nothing_wrong_with_it(now, epochs, ended, retired):
    epoch, user_epoch = epochs
    retired_at = None if retired is None else NOW + retired
    facts = found(now=NOW + now, epoch=epoch, user_epoch=user_epoch, ended=ended, retired_at=retired_at)
    sound = not ended and epoch == user_epoch and now < 30 * SECOND and (retired is None or now < retired + GRACE)
    assert (rules.fault(facts, GRACE) is None) == sound


def test_a_new_session_is_256_random_bits_without_dots():
    made = {rules.new_session() for _ in range(100)}
    assert len(made) == 100
    assert all(rules.looks_real(each) and "." not in each and len(each) == 5 + 64 for each in made)


@given(st.text(max_size=80))
def test_nothing_else_looks_real(text):
    assert not rules.looks_real(text)


@pytest.mark.parametrize(
    ("values", "session"),
    [
        ([b"Bearer sess_1"], "sess_1"),
        ([b"bearer sess_1"], "sess_1"),
        ([b"Basic sess_1"], None),
        ([b"sess_1"], None),
        ([], None),
        ([b"Bearer a", b"Bearer a"], None),
    ],
)
def test_a_session_is_taken_from_one_bearer_header(values, session):
    assert rules.bearer(values) == session
