"""What a token looks like, and what does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stead.services.tokens import credential

KNOWN = "pat_" + "0" * 32


def test_a_token_is_random_checked_and_has_no_dot():
    made = {credential.new() for _ in range(1000)}
    assert len(made) == 1000
    assert all(credential.is_one(token) and token.isascii() and "." not in token for token in made)
    assert {len(token) for token in made} == {42}


def test_the_checksum_is_crc32_in_base_62():
    assert credential.checksum("") == "000000"
    assert credential.checksum("123456789") == "3jZRME"  # CRC-32's check value, 0xCBF43926


@settings(deadline=None, max_examples=50)
@given(position=st.integers(4, 41), char=st.sampled_from(credential.ALPHABET))
def test_no_single_mistake_passes(position, char):
    token = KNOWN + credential.checksum(KNOWN)
    mistyped = token[:position] + char + token[position + 1 :]
    assert credential.is_one(mistyped) is (mistyped == token)


@pytest.mark.parametrize(
    "text", ["", "pat_", "pat_x.y.z", "hello", KNOWN, "PAT_" + "0" * 38, "pat_" + "é" * 38, "pat_" + "٣" * 38]
)
def test_anything_else_is_none(text):
    assert not credential.is_one(text)


def test_a_line_feed_at_the_end_is_not_overlooked():
    assert not credential.is_one(credential.new() + "\n")


def test_what_is_stored_does_not_hold_the_token():
    token = credential.new()
    assert token.encode() not in credential.digest(token)
    assert len(credential.digest(token)) == 32
    assert credential.hint(token) == token[-4:]
