"""What goes over the wire, as Python makes it."""

import msgspec
import pytest

from stead.services.auth.contract import LONGEST_NAME, Credential, Ensure


@pytest.mark.parametrize("given", [{}, {"token": "x", "init_data": "y"}])
def test_a_credential_is_exactly_one(given):
    with pytest.raises(ValueError, match="exactly one"):
        Credential(**given)


def test_a_credential_is_not_shown():
    assert "secret" not in repr(Credential(token="secret")) + repr(Credential(init_data="secret"))


@pytest.mark.parametrize("user_id", [" 7", "7 ", "7\n", "\u202e7"])
def test_a_user_id_is_what_it_looks_like(user_id):
    with pytest.raises(msgspec.ValidationError, match="user_id"):
        msgspec.convert({"user_id": user_id, "method": "telegram"}, Ensure)


NAMES = {
    None: None,
    "Ann": "Ann",
    " Ann\u00a0\t Lee\n": "Ann Lee",
    "\x00\u202e": None,
    "👩‍🚀": "👩‍🚀",
    "x" * 999: "x" * LONGEST_NAME,
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items())
def test_a_name_keeps_nobody_out(given, kept):
    assert Ensure("7", "telegram", given).name == kept
