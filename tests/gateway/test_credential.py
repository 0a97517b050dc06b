"""Whose credential goes where: a service gets the user's identity, and the credential only where its route needs it."""

import pytest

from gateway.edge import PARTY

SHOWN = [("Authorization", "Bearer anything"), ("Cookie", "__session=secret"), ("Proxy-Authorization", "Basic eDp5")]
NAMES = {"authorization", "cookie", "proxy-authorization"}


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/open"), ("POST", "/v1/hook"), ("GET", "/v1/articles/a")])
def test_a_public_route_strips_the_credential(edge, method, path):
    assert not NAMES & edge.ask(method, path, SHOWN).sent.keys()


def test_a_route_that_needs_the_credential_gets_it(edge):
    sent = edge.ask("POST", "/v1/refresh", SHOWN).sent
    assert sent["authorization"] == ["Bearer anything"]
    assert sent["cookie"] == ["__session=secret"]


@pytest.mark.parametrize("token", ["signed", "pat_good"])
def test_a_user_route_strips_the_credential(edge, token):
    token = edge.clerk.session("user_1", azp=PARTY) if token == "signed" else token
    sent = edge.get("/v1/me", SHOWN[1:], token=token).sent
    assert sent["x-user-id"]
    assert not NAMES & sent.keys()


@pytest.mark.parametrize("token", ["pat_gone", "pat_slow", "pat_outage"])
def test_an_outage_of_the_verifier_is_a_503_that_says_when(edge, token):
    answer = edge.get("/v1/me", token=token)
    assert (answer.status, answer.json["code"], answer.header("retry-after")) == (503, "unavailable", "1")


IDS = [
    " victim1",
    "victim1 ",
    "   ",
    "",
    "a\nb",
    "a\tb",
    "a\x00b",
    "a\x7fb",
    "\u202ea",
    "a\u00a0",
    "x" * 256,
    "é" * 256,
]


@pytest.mark.parametrize("name", IDS)
def test_a_signed_sub_that_is_no_user_id_is_a_401(edge, name):
    seen = len(edge.services.by_name["things-service"].seen)
    answer = edge.get("/v1/me", user=name)
    assert (answer.status, answer.json["code"]) == (401, "unauthenticated")
    assert len(edge.services.by_name["things-service"].seen) == seen


@pytest.mark.parametrize("name", ["a b", "x" * 255, "é" * 255, "ваня", "a%20b|c,d"])
def test_a_signed_sub_that_is_a_user_id_arrives_as_it_is(edge, name):
    assert edge.get("/v1/me", user=name).sent["x-user-id"] == [name.encode().decode("latin-1")]


@pytest.mark.parametrize("claim", ["sid", "roles"])
def test_a_control_character_in_any_claim_of_a_header_is_a_401(edge, claim):
    token = edge.clerk.session("user_1", azp=PARTY, **{claim: "a\x01b"})
    assert edge.get("/v1/me", token=token).status == 401
