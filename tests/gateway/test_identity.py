"""Who is let in as a user, and who is not: every way to be nobody gets the same answer."""

import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.edge import PARTY
from stead.kit.caller import Keyring

UNAUTHENTICATED = {
    "type": "about:blank",
    "title": "Unauthorized",
    "status": 401,
    "detail": "A valid credential is needed.",
    "code": "unauthenticated",
}


def encoded(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(edge):
    return f"{encoded({'alg': 'none', 'kid': edge.clerk.kid})}.{encoded(edge.clerk.claims('u1'))}."


def signed_with_the_public_key(edge):
    """HS256 with the public key's text as its secret: works wherever the token's header chooses the algorithm."""
    pem = edge.clerk.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = f"{encoded({'alg': 'HS256', 'kid': edge.clerk.kid})}.{encoded(edge.clerk.claims('u1'))}"
    return f"{head}.{encoded(hmac.new(pem, head.encode(), hashlib.sha256).digest())}"


def by_somebody_else(edge, kid=None):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(edge.clerk.claims("u1"), key, algorithm="RS256", headers={"kid": kid or edge.clerk.kid})


def tampered(edge):
    head, _, signature = edge.clerk.session("u1").split(".")
    return f"{head}.{encoded(edge.clerk.claims('u2'))}.{signature}"


NOW = time.time()
BAD = {
    "another issuer": lambda edge: edge.clerk.session("u1", iss="https://evil.example.com"),
    "no issuer": lambda edge: edge.clerk.session("u1", iss=None),
    "another party": lambda edge: edge.clerk.session("u1", azp="https://evil.example.com"),
    "an empty party": lambda edge: edge.clerk.session("u1", azp=""),
    "expired": lambda edge: edge.clerk.session("u1", at=NOW - 600),
    "no expiry": lambda edge: edge.clerk.session("u1", exp=None),
    "not yet": lambda edge: edge.clerk.session("u1", nbf=int(time.time()) + 600, exp=int(time.time()) + 900),
    "an empty subject": lambda edge: edge.clerk.session(""),
    "no subject": lambda edge: edge.clerk.session("u1", sub=None),
    "no session": lambda edge: edge.clerk.session("u1", sid=None),
    "an empty session": lambda edge: edge.clerk.session("u1", sid=""),
    "pending": lambda edge: edge.clerk.session("u1", sts="pending"),
    "critical": lambda edge: edge.clerk.session("u1", headers={"crit": ["b64"], "b64": True}),
    "unsigned": unsigned,
    "signed with the public key": signed_with_the_public_key,
    "another key": by_somebody_else,
    "an unknown kid": lambda edge: by_somebody_else(edge, "nobody"),
    "an unknown kid, right key": lambda edge: edge.clerk.session("u1", headers={"kid": "nobody"}),
    "tampered": tampered,
    "truncated": lambda edge: edge.clerk.session("u1")[:-8],
    "two parts": lambda edge: edge.clerk.session("u1").rpartition(".")[0],
    "no token": lambda _: "x",
    "an API token with dots": lambda _: "pat_x.y.z",
    "a prefix alone": lambda _: "pat_",
    "a foreign prefix": lambda _: "sess_abc",
    "a revoked API token": lambda _: "pat_bad",
    "an API token of nobody": lambda _: "pat_nameless",
    "an API token with a space": lambda _: "pat_good x",
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_credential_is_401_and_the_answer_never_says_why(edge, what):
    seen = len(edge.services.by_name["things-service"].seen)
    answer = edge.get("/v1/me", token=BAD[what](edge))
    assert (answer.status, answer.json) == (401, UNAUTHENTICATED)
    assert answer.header("content-type") == "application/problem+json"
    assert answer.header("www-authenticate") == "Bearer"
    assert {name for name, _ in answer.headers} <= {
        "content-length",
        "content-type",
        "www-authenticate",
        "date",
        "server",
        "x-request-id",
        "connection",
        "x-envoy-upstream-service-time",
    }
    assert len(edge.services.by_name["things-service"].seen) == seen


def test_the_log_says_why(edge):
    line = edge.logged(edge.get("/v1/me", token=edge.clerk.session("u1", at=NOW - 600)))
    assert line["status"] == 401
    assert "Jwt_is_expired" in line["reason"]
    pending = edge.logged(edge.get("/v1/me", token=edge.clerk.session("u1", sts="pending", azp=PARTY)))
    assert (pending["token_status"], pending["token_party"]) == ("pending", PARTY)
    assert "token_status" not in edge.logged(edge.get("/v1/open"))


HEADERS = {
    "nothing": lambda _: [],
    "two tokens": lambda edge: [bearer(edge, "u1"), bearer(edge, "u2")],
    "the same token twice": lambda edge: [bearer(edge, "u1")] * 2,
    "a comma": lambda edge: [("Authorization", f"Basic dTpw, {bearer(edge, 'u1')[1]}")],
    "another scheme": lambda edge: [("Authorization", bearer(edge, "u1")[1].replace("Bearer", "Basic"))],
    "an API token and a comma": lambda _: [("Authorization", "Bearer pat_good"), ("Authorization", "Bearer x")],
    "a scheme before the scheme": lambda edge: [("Authorization", f"X {bearer(edge, 'u1')[1]}")],
    "a token and a word": lambda edge: [("Authorization", f"{bearer(edge, 'u1')[1]} x")],
    "a token and a tail": lambda edge: [("Authorization", f"{bearer(edge, 'u1')[1]}=")],
    "a cookie": lambda edge: [("Cookie", f"__session={edge.clerk.session('u1')}")],
}


def bearer(edge, user, scheme="Bearer"):
    return "Authorization", f"{scheme} {edge.clerk.session(user)}"


@pytest.mark.parametrize("what", HEADERS)
def test_a_credential_is_one_authorization_header_and_nothing_else(edge, what):
    answer = edge.get("/v1/me", HEADERS[what](edge))
    assert (answer.status, answer.json["code"]) == (401, "unauthenticated")


def test_a_token_in_the_query_is_no_credential(edge):
    assert edge.get(f"/v1/me?access_token={edge.clerk.session('u1')}").status == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_session_token_names_the_user(edge, scheme):
    answer = edge.get("/v1/me", [bearer(edge, "user_1", scheme)])
    assert answer.status == 200
    assert answer.sent["x-user-id"] == ["user_1"]
    assert answer.sent["x-session-id"] == ["sess_user_1"]
    assert answer.sent["x-auth-method"] == ["clerk"]
    assert "authorization" not in answer.sent
    assert "x-user-roles" not in answer.sent


def test_roles_and_an_impersonator_travel_with_the_user(edge):
    token = edge.clerk.session("user_1", roles="editor member", act={"sub": "admin_1"}, azp=PARTY)
    sent = edge.get("/v1/me", token=token).sent
    assert sent["x-user-roles"] == ["editor member"]
    assert sent["x-user-actor"] == ["admin_1"]


def test_an_api_token_is_asked_about(edge):
    sent = edge.get("/v1/me", token="pat_good").sent
    assert sent["x-user-id"] == ["user_pat"]
    assert sent["x-auth-method"] == ["token"]
    assert sent["x-user-scopes"] == ["things:read"]
    assert "authorization" not in sent
    assert "x-other" not in sent


def test_the_verifier_is_asked_at_its_own_path_without_the_query(edge):
    edge.ask("POST", "/v1/things?secret=1", body=b"{}", token="pat_good")
    asked = edge.services.by_name["token-service"].seen[-1]
    assert (asked["method"], asked["path"], asked["length"]) == ("POST", "/v1/authorize", 0)


def test_only_what_looks_like_an_api_token_costs_the_verifier_anything(edge):
    asked = len(edge.services.by_name["token-service"].seen)
    edge.get("/v1/me", user="u1")
    edge.get("/v1/me")
    edge.get("/v1/me", token="sess_x")
    edge.get("/v1/open", token="pat_good")
    assert len(edge.services.by_name["token-service"].seen) == asked


@pytest.mark.parametrize("token", ["pat_broken", "pat_gone", "pat_slow"])
def test_an_outage_of_the_verifier_is_503_and_says_nothing_of_the_credential(edge, token):
    answer = edge.get("/v1/me", token=token)
    assert (answer.status, answer.json["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (None, 403),
        ("", 403),
        ("editors", 403),
        ("xeditor", 403),
        ("chief.editor", 200),
        ("chiefxeditor", 403),
        ("editor", 200),
        ("a editor b", 200),
        (["editor"], 403),
    ],
)
def test_a_role_is_one_of_the_words_of_the_claim(edge, roles, status):
    answer = edge.ask("PUT", "/v1/things/1", token=edge.clerk.session("u1", roles=roles))
    assert answer.status == status
    if status == 403:
        assert answer.json["code"] == "role_missing"


def test_without_a_user_a_role_is_not_even_asked_for(edge):
    assert edge.ask("PUT", "/v1/things/1").status == 401


def test_every_request_carries_a_service_token_that_the_callee_believes(edge):
    keyring: Keyring = edge.services.by_name["things-service"].keyring
    token = edge.get("/v1/open").sent["x-service-token"][0].removeprefix("Bearer ")
    assert keyring.verify(token).name == "api-gateway"
    assert keyring.verify(token).operations == {"front"}
