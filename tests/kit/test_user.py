"""Users, as the gateway names them in headers."""

import pytest

from stead.kit.user import User, headers_of, user_from

PEOPLE = [
    User("user_1"),
    User("ваня", frozenset({"editor", "admin"}), "sess_1", "token", frozenset({"points:read", "x:write"})),
    User("a%20b|c,d"),
]


@pytest.mark.parametrize("person", PEOPLE)
def test_what_the_gateway_says_is_what_the_service_reads(person):
    said = {name.encode(): value.encode() for name, value in headers_of(person).items()}
    assert user_from(said) == person


@pytest.mark.parametrize("name", [b"", b" ", b"\t", b"a\nb", b"\xff", b"x" * 256, "\u202e".encode(), b"\x7f"])
def test_an_id_that_cannot_be_one(name):
    assert user_from({b"x-user-id": name}) is None


def test_ids_that_look_alike_stay_apart():
    assert user_from({b"x-user-id": b"a%20b"}).id != user_from({b"x-user-id": b"a b"}).id


def test_broken_text_in_any_header_means_nobody():
    assert user_from({b"x-user-id": b"user_1", b"x-user-roles": b"\xff"}) is None
