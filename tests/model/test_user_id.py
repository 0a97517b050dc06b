"""One rule for a user id: Python's pattern, the contracts and Envoy's byte patterns agree."""

import re
from importlib import import_module

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stead.kit.user import user_from
from stead.model.user_id import BYTES, INVISIBLE, LONGEST, NOT_BYTES, is_user_id

GOOD = ["user_1", "a b", "x" * 255, "ваня", "a%20b|c,d", "𝒳", "0"]
EDGES = [chr(code) for pair in INVISIBLE for code in pair]
BAD = ["", " ", "   ", " a", "a ", "a\n", "\na", "a\tb", "a\x00b", "x" * 256, *(f"a{each}" for each in EDGES)]
CONTRACTS = {
    "auth": lambda module: module.Ensure,
    "points": lambda module: module.Award,
    "sessions": lambda module: module.NewSession,
    "tokens": lambda module: module.Gone,
}


def as_envoy(name):
    text = name.encode()
    return bool(re.fullmatch(BYTES.encode(), text)) and not any(re.fullmatch(no.encode(), text) for no in NOT_BYTES)


@pytest.mark.parametrize("name", GOOD)
def test_what_is_an_id_is_one_everywhere(name):
    assert is_user_id(name)
    assert as_envoy(name)
    assert user_from({b"x-user-id": name.encode()}).id == name


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_what_is_no_id_is_one_nowhere(name):
    assert not is_user_id(name)
    assert not as_envoy(name)
    assert user_from({b"x-user-id": name.encode()}) is None


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from([" ", "\u00a0", "\u200b"]), max_size=300))
def test_the_gateway_and_the_services_agree_on_every_text(name):
    assert is_user_id(name) == as_envoy(name) == (user_from({b"x-user-id": name.encode()}) is not None)


@pytest.mark.parametrize("service", CONTRACTS)
@pytest.mark.parametrize("name", [*GOOD, *BAD], ids=ascii)
def test_every_contract_has_the_same_rule(service, name):
    shape = CONTRACTS[service](import_module(f"stead.services.{service}.contract"))
    kind = {each.name: each.type for each in msgspec.structs.fields(shape)}["user_id"]
    try:
        msgspec.convert(name, kind)
    except msgspec.ValidationError:
        assert not is_user_id(name)
    else:
        assert is_user_id(name)


def test_the_longest_is_counted_in_characters():
    assert as_envoy("é" * LONGEST)
    assert not as_envoy("é" * (LONGEST + 1))
