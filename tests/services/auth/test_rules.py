"""What a webhook says: lenient with what is not needed, firm with what is."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stead.services.auth.rules import Event, profile, referral_code
from stead.testing import clerk

AT = 1_700_000_000.0
MOMENT = datetime.fromtimestamp(AT, UTC)


def said(**data):
    return msgspec.convert({"type": "user.created", "data": {"id": "user_1", **data}}, Event)


def test_the_primary_address_is_the_email():
    addresses = [{"id": "idn_1", "email_address": "one@x.test"}, {"id": "idn_2", "email_address": "two@x.test"}]
    assert profile(said(email_addresses=addresses, primary_email_address_id="idn_2"), AT).email == "two@x.test"
    assert profile(said(email_addresses=addresses), AT).email == "one@x.test"
    assert profile(said(), AT).email is None


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"first_name": "Ann", "last_name": "Lee"}, "Ann Lee"),
        ({"first_name": "Ann", "last_name": None}, "Ann"),
        ({"first_name": "", "last_name": "", "username": "ann"}, "ann"),
        ({"first_name": "A\x00nn\n"}, "Ann"),
        ({"first_name": "x" * 1000}, "x" * 320),
        ({}, None),
    ],
)
def test_the_name_is_what_there_is_of_it(data, name):
    assert profile(said(**data), AT).name == name


def test_times_are_read_from_milliseconds():
    kept = profile(said(created_at=1_600_000_000_500, updated_at=1_600_000_001_000), AT)
    assert kept.created_at == datetime(2020, 9, 13, 12, 26, 40, 500_000, tzinfo=UTC)
    assert kept.updated_at == datetime(2020, 9, 13, 12, 26, 41, tzinfo=UTC)


@pytest.mark.parametrize("odd", [None, 0, 10**18, -(10**18)])
def test_a_time_that_is_none_is_replaced_by_when_it_was_sent(odd):
    kept = profile(said(created_at=odd, updated_at=odd), AT)
    assert (kept.created_at, kept.updated_at) == (None, MOMENT)


@pytest.mark.parametrize("code", ["ABCD", " ab-cd ", "кот", "x" * 64])
def test_a_referral_code_is_some_text(code):
    assert referral_code({"referral_code": code}) == code.strip()


ODD_CODES = ["", "  ", None, 5, ["A"], "x" * 65, "a\x00b"]


@pytest.mark.parametrize("metadata", [None, {}, [], "ABCD", 5, *({"referral_code": odd} for odd in ODD_CODES)])
def test_anything_else_is_none(metadata):
    assert referral_code(metadata) is None


LEAVES = st.none() | st.booleans() | st.floats() | st.text()
NAMES = st.just("referral_code") | st.text()


@settings(deadline=None, max_examples=50)
@given(metadata=st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner)))
def test_no_metadata_can_spoil_a_sign_up(metadata):
    code = referral_code(metadata)
    assert code is None or (code and code.isprintable() and len(code) <= 64)


def test_the_stand_in_speaks_as_clerk_does():
    body = clerk.event("user.created", clerk.user("user_1", email="a@x.test", first_name="Ann", at=AT))
    kept = profile(msgspec.json.decode(body, type=Event), AT)
    assert (kept.user_id, kept.email, kept.name, kept.updated_at) == ("user_1", "a@x.test", "Ann", MOMENT)
