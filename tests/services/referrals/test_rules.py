"""The decisions about codes and attributions, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stead.services.referrals import rules

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
WINDOW = timedelta(days=30)


def facts(**changed) -> rules.Facts:
    fine = {"referrer": "ann", "referee": "bob", "known": False, "ancestor": False, "signed_up": None, "now": NOW}
    return rules.Facts(**{**fine, **changed})


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"referrer": None}, "unknown_code"),
        ({"referrer": None, "known": True}, "unknown_code"),
        ({"referrer": "bob"}, "self_referral"),
        ({"known": True}, "already_attributed"),
        ({"known": True, "ancestor": True}, "already_attributed"),
        ({"ancestor": True}, "referral_cycle"),
        ({"signed_up": NOW - WINDOW}, None),
        ({"signed_up": NOW - WINDOW - timedelta(microseconds=1)}, "window_over"),
        ({"signed_up": NOW + timedelta(seconds=5)}, None),
        ({"signed_up": datetime(1, 1, 1, tzinfo=UTC)}, "window_over"),
    ],
)
def test_first_fault(changed, fault):
    assert rules.fault(facts(**changed), WINDOW) == fault


def test_each_fault_has_a_status_and_words():
    assert rules.STATUS.keys() == rules.DETAIL.keys()


def test_codes_are_of_the_alphabet_and_differ():
    codes = {rules.new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(rules.looks_real(code) and rules.normal(code) == code for code in codes)


@given(st.text(alphabet=rules.ALPHABET, min_size=rules.LENGTH, max_size=rules.LENGTH), st.data())
def test_a_code_survives_a_person(code, data):
    typed = "".join(data.draw(st.sampled_from(ways(letter))) for letter in code)
    assert rules.normal(f" {typed[:5]}-{typed[5:]} ") == code


def ways(letter: str) -> list[str]:
    alike = {"0": ["O", "o"], "1": ["I", "i", "L", "l"]}
    return [letter, letter.lower(), *alike.get(letter, [])]


@pytest.mark.parametrize("text", ["", "short", "0123456789A", "U000000000", "É000000000", "ı" * 9, "\x00" * 10])
def test_what_cannot_be_a_code(text):
    assert not rules.looks_real(rules.normal(text))
