"""Lifetimes, scopes, and the header that shows a token."""

import pytest

from stead.kit.http_problem import HttpProblem
from stead.services.tokens.rules import bearer, days, scopes


@pytest.mark.parametrize(
    ("wanted", "longest", "given"), [(None, 365, 90), (None, 30, 30), (1, 365, 1), (365, 365, 365)]
)
def test_a_life_is_what_is_wanted_within_what_is_allowed(wanted, longest, given):
    assert days(wanted, longest) == given


def test_no_more_than_what_is_allowed():
    with pytest.raises(HttpProblem) as refused:
        days(366, 365)
    assert (refused.value.status, refused.value.code) == (422, "expires_too_late")


def test_scopes_are_kept_once_and_sorted():
    assert scopes(["b:read", "a:write", "b:read"]) == ("a:write", "b:read")
    assert scopes(["b:read", "*"]) == ("*",)


@pytest.mark.parametrize("value", [b"Bearer pat_1", b"bearer pat_1", b"BEARER  pat_1 "])
def test_the_bearer_header_shows_a_credential(value):
    assert bearer([value]) == "pat_1"


ODD = [
    [],
    [b""],
    [b"Bearer"],
    [b"Bearer "],
    [b"Basic pat_1"],
    [b"pat_1"],
    [b"Bearer pat_1, Bearer pat_2"],
    [b"Bearer pat_1", b"Bearer pat_1"],
    [b"Bearer pat_1 pat_2"],
    [b"Bearer\tpat_1"],
]


@pytest.mark.parametrize("values", ODD)
def test_anything_else_shows_none(values):
    assert bearer(values) is None
