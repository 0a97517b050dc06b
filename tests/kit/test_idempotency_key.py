"""Attempts: keys and what they cover."""

import pytest

from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency_key import hash_of, key_of


@pytest.mark.parametrize("value", [b"k", b"signup:user_1", b"!~", b"k" * 255])
def test_a_key_is_taken_as_it_is(value):
    assert key_of(value) == value.decode()


def test_no_key_is_no_key():
    assert key_of(None) is None


@pytest.mark.parametrize("value", [b"", b" ", b"a b", b"a\tb", b"\x7f", b"\xc3\xa9", b"k" * 256])
def test_what_is_no_key_is_refused(value):
    with pytest.raises(HttpProblem) as refusal:
        key_of(value)
    assert (refusal.value.status, refusal.value.code) == (400, "invalid_idempotency_key")


def test_the_hash_tells_requests_apart():
    asked = [("POST", "/a", b"{}"), ("PUT", "/a", b"{}"), ("POST", "/b", b"{}"), ("POST", "/a", b"{ }")]
    assert len({hash_of(*each) for each in asked}) == 4
    assert hash_of(*asked[0]) == hash_of(*asked[0])
    assert len(hash_of(*asked[0])) == 32
