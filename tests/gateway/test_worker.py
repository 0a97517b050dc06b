"""The gateway as a Worker gives the answers of the gateway on Envoy: the same tests, with another edge.

Where the runtime itself answers before any code does, or has changed a request already, the test is written anew below.
"""

import json
import socket
import time

import pytest

from gateway.edge import PARTY, eventually
from gateway.exchange import exchange, read_answer
from gateway.test_answers import (  # noqa: F401 - the tests themselves are what is shared
    MEBIBYTE,
    NOT_TAKEN,
    REFUSALS,
    SLOW_BACKEND,
    SOON,
    preflight,
    test_a_body_in_chunks_is_measured_too,
    test_a_body_is_at_most_a_mebibyte,
    test_a_body_is_measured_on_every_method,
    test_a_body_that_comes_too_slowly_is_the_client_s_fault_and_a_problem,
    test_a_declared_origin_may_ask,
    test_a_service_is_told_how_long_the_client_will_wait,
    test_a_service_that_says_503_is_not_asked_again,
    test_a_services_own_failure_stays_inside,
    test_another_origin_may_not,
    test_every_refusal_is_a_problem_with_a_stable_code,
    test_headers_that_are_too_large_are_refused,
    test_health_has_four_keys_and_asks_nobody,
    test_health_is_read_only,
    test_only_a_missing_or_bad_credential_is_a_401,
    test_what_a_service_answers_is_passed_on_as_it_is,
)
from gateway.test_credential import *  # noqa: F403
from gateway.test_forgery import *  # noqa: F403
from gateway.test_forgery import STRANGE
from gateway.test_identity import *  # noqa: F403
from gateway.worker import a_worker_edge
from stead.model import Backend, Gateway, Route, Service
from stead.model.request_limits import RequestLimits

del test_the_log_says_why, test_a_folded_header_is_part_of_the_one_before  # noqa: F821 - imported above

CUT = {"/v1/open#x": 200}  # the runtime cuts off a fragment: the path is /v1/open, and nothing else


@pytest.fixture(scope="module")
def edge():
    with a_worker_edge() as running:
        yield running


@pytest.fixture
def slow_edge(monkeypatch):
    monkeypatch.setattr(*SOON)
    with a_worker_edge(SLOW_BACKEND) as running:
        yield running


@pytest.mark.parametrize("path", STRANGE | CUT)
def test_a_path_means_one_thing(edge, path):
    answer = edge.get(path)
    assert answer.status == (STRANGE | CUT)[path]
    if answer.status < 400 and "open" in path:
        assert answer.json["path"].partition("?")[0] == "/v1/open"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "HEAD", "PUT", "BREW"])
def test_a_method_that_no_route_declares_goes_nowhere(edge, method):
    """CONNECT is answered 500 by the runtime itself."""
    seen = len(edge.services.by_name["things-service"].seen)
    assert edge.ask(method, "/v1/open").status in {400, 405, 500, 501}
    assert len(edge.services.by_name["things-service"].seen) == seen


def test_a_folded_header_never_makes_a_user(edge):
    answer = edge.get("/v1/open", [("X-Before", "1"), (" X-User-Id", "admin")])
    assert answer.status == 400 or "x-user-id" not in answer.sent


@pytest.mark.parametrize("body", [b"", b'{"title": "mine"}'])
@pytest.mark.parametrize("token", [None, "pat_good"])
def test_a_user_s_body_arrives_whole(edge, token, body):
    answer = edge.ask("POST", "/v1/things", body=body, user="user_1", token=token)
    assert (answer.status, answer.json["length"]) == (200, len(body))


def test_an_upgrade_is_a_problem_and_never_a_401(edge):
    raw, status, code = NOT_TAKEN["an upgrade"]
    answer = exchange(("127.0.0.1", edge.port), raw.format("/v1/me").encode())
    assert (answer.status, answer.json["code"]) == (status, code)


def test_the_log_says_why_and_has_no_query_and_no_credential(edge):
    token = edge.clerk.session("u1", at=time.time() - 600)
    wanted = edge.get("/v1/me?code=very-secret", token=token).header("x-request-id")
    log = edge.folder / "workerd.log"
    line = eventually(lambda: [json.loads(line) for line in log.read_text().splitlines() if wanted in line])[0]
    assert (line["status"], line["path"], line["reason"]) == (401, "/v1/me", "a token that is not of now")
    edge.get("/v1/me", user="u1")
    assert not [secret for secret in ("very-secret", token, edge.secret) if secret in log.read_text()]


def test_hs256_is_taken_where_clerk_signs_with_a_shared_secret_and_nowhere_else():
    import jwt

    secret = "a-shared-secret-of-clerk-0123456789"
    with a_worker_edge(environ={"CLERK_JWT_SECRET": secret, "CLERK_JWKS_URL": ""}) as edge:
        claims = edge.clerk.claims("user_1", azp=PARTY)
        assert edge.get("/v1/me", token=jwt.encode(claims, secret)).sent["x-user-id"] == ["user_1"]
        assert edge.get("/v1/me", token=jwt.encode(claims, secret + "x")).status == 401
        assert edge.get("/v1/me", user="user_1").status == 401


def test_a_services_own_limits_are_held_at_the_gateway():
    """As in front of Envoy, on two services that are there; the runtime itself takes some 70,000 bytes of headers."""
    large, small = RequestLimits(2 * MEBIBYTE, 150, 40_960), RequestLimits(body=1000)
    things = Service("things-service", command="none", routes=[Route.public("POST", "/v1/large")], request_limits=large)
    tokens = Service("token-service", command="none", routes=[Route.public("POST", "/v1/small")], request_limits=small)
    with a_worker_edge(Backend("sized", [things, tokens], Gateway("api-gateway", fronts=[things, tokens]))) as edge:
        sizes = {("/v1/large", 2 * MEBIBYTE): 200, ("/v1/large", 2 * MEBIBYTE + 1): 413, ("/v1/small", 1001): 413}
        assert {key: edge.ask("POST", key[0], body=b"x" * key[1]).status for key in sizes} == sizes
        for headers, status in ((130, 200), (151, 431)):
            assert edge.ask("POST", "/v1/large", [(f"x-{n}", "1") for n in range(headers)]).status == status
        for length, status in ((35_000, 200), (45_000, 431)):
            assert edge.ask("POST", "/v1/large", [("x-long", "1" * length)]).status == status


def test_nothing_is_smuggled_behind_two_lengths(edge):
    """Of a length and chunks the runtime takes the chunks (RFC 9112 section 6.3), and shows no code the length."""
    seen = edge.services.by_name["things-service"].seen
    before = len(seen)
    both = [("Content-Length", "4"), ("Transfer-Encoding", "chunked")]
    behind = b"0\r\n\r\nGET /v1/open HTTP/1.1\r\nHost: x\r\n\r\n"
    assert edge.ask("POST", "/v1/hook", both, behind).json["length"] == 0
    lengths = [("Content-Length", "4"), ("Content-Length", "5")]
    assert edge.ask("POST", "/v1/hook", lengths, b"abcd").status == 400
    assert [request["body"] for request in seen[before:] if request["path"] == "/v1/hook"] == [b""]


@pytest.mark.parametrize("size", [MEBIBYTE, 3 * MEBIBYTE])
def test_a_client_that_is_refused_sees_why_whatever_it_still_sends(edge, size):
    answer = edge.ask("POST", "/v1/things", body=b"x" * size, token="nonsense")
    assert (answer.status, answer.json["code"]) == (401, "unauthenticated")
    assert edge.ask("POST", "/v1/nowhere", body=b"x" * size).status == 404
    assert edge.ask("POST", "/v1/hook", body=b"x" * 1000).status == 200


def test_a_client_that_sends_slowly_and_is_refused_sees_why(edge):
    """It reads no answer before all is sent; the runtime alone would have hung up after 64 KiB."""
    piece = b"x" * 65_536
    head = f"POST /v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer nonsense\r\nContent-Length: {16 * len(piece)}"
    with socket.create_connection(("127.0.0.1", edge.port), timeout=15) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode())
        for _ in range(16):
            time.sleep(0.01)
            connection.sendall(piece)
        assert read_answer(connection, bodiless=False).status == 401


def test_without_a_key_set_a_token_may_be_good_and_is_answered_503():
    with a_worker_edge(environ={"CLERK_JWKS_URL": "http://127.0.0.1:9/jwks"}) as edge:
        answer = edge.get("/v1/me", user="user_1")
        assert (answer.status, answer.json["code"]) == (503, "unavailable")
        assert edge.get("/v1/me", token="nonsense").status == 401
        assert edge.get("/v1/open").status == 200


def test_a_gateway_that_was_given_no_version_answers_nobody():
    with a_worker_edge(environ={"VERSION": ""}) as edge:
        for path in ("/health", "/v1/open"):
            answer = edge.get(path)
            assert (answer.status, answer.json["code"]) == (500, "internal")
