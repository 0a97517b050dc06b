"""docs/protocol.md is true: its vectors hold for the code, and what it names exists."""

import json
import re
from pathlib import Path

import pytest

from stead.kit import boundary, caller, deadline, user
from stead.kit.caller import Keyring, Unverified
from stead.kit.key import trusted_keys
from stead.model import health, wiring
from stead.model.user_id import is_user_id
from stead.reference.vectors import text, vectors

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "protocol.md").read_text()
VECTORS = json.loads((DOCS / "protocol-vectors.json").read_text())


def about(vector):
    return vector["about"]


def test_the_file_is_what_the_code_generates():
    assert (DOCS / "protocol-vectors.json").read_text() == text()
    assert vectors() == VECTORS


@pytest.mark.parametrize("vector", VECTORS["tokens"], ids=about)
def test_a_token_gets_its_verdict(vector):
    keys = trusted_keys(json.dumps(VECTORS["SERVICE_JWT_KEYS of the callee"]), None)
    keyring = Keyring(keys, VECTORS["audience"], clock=lambda: VECTORS["now"])
    if vector["valid"]:
        found = keyring.verify(vector["token"])
        assert (found.name, sorted(found.operations)) == ("orders", sorted(vector["operations"]))
    else:
        with pytest.raises(Unverified):
            keyring.verify(vector["token"])


def test_no_token_is_there_twice():
    tokens = [each["token"] for each in VECTORS["tokens"]]
    assert len(set(tokens)) == len(tokens)


@pytest.mark.parametrize("vector", VECTORS["user ids"], ids=about)
def test_a_user_id_gets_its_verdict(vector):
    assert is_user_id(vector["id"]) is vector["valid"]


def test_the_page_names_each_header_setting_and_path_of_the_code():
    headers = {caller.HEADER, *user.HEADERS, boundary.IDEMPOTENCY_KEY, deadline.HEADER}
    said = PAGE.lower()
    assert [name for name in headers if name.decode() not in said] == []
    settings = [
        wiring.ENVIRONMENT,
        wiring.VERSION,
        wiring.SERVICE_NAME,
        wiring.PORT,
        wiring.PRIVATE_KEY,
        wiring.KEYRING,
    ]
    assert [each.name for each in settings if f"`{each.name}`" not in PAGE] == []
    assert [path for path in (*health.PATHS, health.METRICS) if f"GET {path}`" not in PAGE] == []


def test_the_page_s_numbers_are_those_of_the_code():
    assert f"at most {caller.LIFE} seconds" in PAGE
    assert re.findall(r"more than\s+(\d)\s+seconds\s+in the (?:past|future)", PAGE) == [str(caller.SKEW)] * 2
