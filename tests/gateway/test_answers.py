"""What the gateway answers by itself: one form for every refusal, and its own health."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.edge import ORIGIN, UNLIMITED, a_backend, an_edge, eventually
from gateway.exchange import exchange, read_answer
from stead.gateway.envoy.cluster import Thresholds
from stead.model import Backend, Gateway, Rate, Route, Service
from stead.model.request_limits import RequestLimits

SLOW = Service(
    "things-service",
    command="none",
    routes=[Route.public("POST", "/v1/notes"), Route.public("POST", "/v1/files", body="3MiB", timeout=0.5)],
)


SLOW_BACKEND = Backend(
    "slow",
    [SLOW, Service("token-service", command="none")],
    Gateway("api-gateway", fronts=[SLOW], rate=UNLIMITED),
)


SOON = "stead.gateway.traffic.USUAL", 0.5  # seconds in which a request has to be there


@pytest.fixture
def slow_edge(monkeypatch):
    monkeypatch.setattr(*SOON)
    with an_edge(SLOW_BACKEND) as edge:
        yield edge


@pytest.mark.parametrize("path", ["/health", "/version", "/livez", "/readyz"])
@pytest.mark.parametrize("token", [None, "nonsense"])
def test_health_has_four_keys_and_asks_nobody(edge, path, token):
    answer = edge.get(path, token=token)
    assert answer.status == 200
    assert answer.header("content-type") == "application/json"
    assert answer.json == {"service": "api-gateway", "env": "test", "status": "ok", "version": "abc123"}


def test_health_is_read_only(edge):
    assert edge.ask("HEAD", "/health").status == 200
    assert edge.ask("POST", "/health").status == 404


REFUSALS = [
    ("GET", "/nowhere", 404, "not_found"),
    ("DELETE", "/v1/open", 405, "method_not_allowed"),
    ("GET", "/v1/down", 503, "unavailable"),
    ("GET", "/v1/absent", 503, "unavailable"),
    ("GET", "/v1/quick?sleep=2", 504, "deadline"),
    ("POST", "/v1/hook?die=1", 503, "unavailable"),
    ("GET", "/v1/me", 401, "unauthenticated"),
]


@pytest.mark.parametrize(("method", "path", "status", "code"), REFUSALS)
def test_every_refusal_is_a_problem_with_a_stable_code(edge, method, path, status, code):
    answer = edge.ask(method, path)
    assert answer.status == status
    assert answer.header("content-type") == "application/problem+json"
    assert answer.json.keys() == {"type", "title", "status", "detail", "code"}
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert answer.header("x-request-id")
    assert answer.header("retry-after") == ("1" if status >= 502 else "")


NOT_TAKEN = {
    "an upgrade": (
        "GET {} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        400,
        "bad_request",
    ),
    "another scheme": ("GET https://a{} HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request"),
    "connect": ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed"),
    "a transfer coding": (
        "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        501,
        "not_implemented",
    ),
    "no version": ("GET {} HTTP/1.0\r\nHost: a\r\n\r\n", 426, "upgrade_required"),
}


@pytest.mark.parametrize("path", ["/v1/open", "/v1/me", "/health"])
@pytest.mark.parametrize("what", NOT_TAKEN)
def test_a_request_that_envoy_does_not_take_is_a_problem_and_never_a_401(edge, what, path):
    raw, status, code = NOT_TAKEN[what]
    answer = exchange(("127.0.0.1", edge.port), raw.format(path).encode())
    assert (answer.status, answer.header("content-type")) == (status, "application/problem+json")
    assert answer.json.keys() == {"type", "title", "status", "detail", "code"}
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert not answer.header("www-authenticate")


def test_only_a_missing_or_bad_credential_is_a_401(edge):
    for answer in (edge.get("/v1/me"), edge.get("/v1/me", token="nonsense"), edge.get("/v1/me", token="pat_bad")):
        assert (answer.status, answer.header("www-authenticate")) == (401, "Bearer")


@pytest.mark.parametrize("status", [200, 404, 422, 503])
def test_what_a_service_answers_is_passed_on_as_it_is(edge, status):
    answer = edge.ask("POST", f"/v1/hook?status={status}", body=b"{}")
    assert answer.status == status
    assert answer.json["service"] == "things-service"


def test_a_services_own_failure_stays_inside(edge):
    answer = edge.ask("POST", "/v1/hook?status=500", body=b"{}")
    assert (answer.status, answer.json["code"]) == (502, "bad_gateway")
    assert b"things-service" not in answer.body


MEBIBYTE = 1_048_576


@pytest.mark.parametrize(("size", "status"), [(MEBIBYTE, 200), (MEBIBYTE + 1, 413)])
def test_a_body_is_at_most_a_mebibyte(edge, size, status):
    answer = edge.ask("POST", "/v1/hook", body=b"x" * size)
    assert answer.status == status
    assert answer.json.get("code") == ("body_too_large" if status == 413 else None)
    assert status == 200 or f"{MEBIBYTE} bytes" in answer.json["detail"]


def test_a_body_in_chunks_is_measured_too(edge):
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    answer = edge.ask("POST", "/v1/hook", [("Transfer-Encoding", "chunked")], chunk * 17 + b"0\r\n\r\n")
    assert (answer.status, answer.json["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/open"), ("GET", "/v1/articles/a")])
def test_a_body_is_measured_on_every_method(edge, method, path):
    answer = edge.ask(method, path, body=b"x" * (3 * MEBIBYTE))
    assert (answer.status, answer.json["code"]) == (413, "body_too_large")


def test_a_body_that_comes_too_slowly_is_the_client_s_fault_and_a_problem(slow_edge):
    """One that is buffered, and one that streams to the service."""
    for path, length in (("/v1/notes", 10), ("/v1/files", 2 * MEBIBYTE)):
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nx"
        answer = exchange(("127.0.0.1", slow_edge.port), head.encode())
        assert (answer.status, answer.header("content-type")) == (408, "application/problem+json")
        assert answer.json["code"] == "request_timeout"


def test_headers_that_are_too_large_are_refused(edge):
    answer = edge.get("/v1/open", [("x-filler", "x" * 40_000)])
    assert (answer.status, answer.json["code"]) == (431, "headers_too_large")


def test_a_services_own_limits_are_held_at_the_gateway():
    large, small = RequestLimits(2 * MEBIBYTE, 150, 65_536), RequestLimits(body=1000)
    routes = [Route.public("POST", "/v1/large")]
    things = Service("things-service", command="none", routes=routes, request_limits=large)
    tokens = Service("token-service", command="none", routes=[Route.public("POST", "/v1/small")], request_limits=small)
    backend = Backend("sized", [things, tokens], Gateway("api-gateway", fronts=[things, tokens], rate=UNLIMITED))
    with an_edge(backend) as edge:
        sizes = {("/v1/large", 2 * MEBIBYTE): 200, ("/v1/large", 2 * MEBIBYTE + 1): 413, ("/v1/small", 1001): 413}
        assert {key: edge.ask("POST", key[0], body=b"x" * key[1]).status for key in sizes} == sizes
        for headers, status in ((130, 200), (151, 431)):
            assert edge.ask("POST", "/v1/large", [(f"x-{n}", "1") for n in range(headers)]).status == status
        for length, status in ((50_000, 200), (70_000, 431)):
            assert edge.ask("POST", "/v1/large", [("x-long", "1" * length)]).status == status


def test_a_request_smuggled_behind_two_lengths_is_refused(edge):
    both = [("Content-Length", "4"), ("Transfer-Encoding", "chunked")]
    assert edge.ask("POST", "/v1/hook", both, b"0\r\n\r\n").status == 400
    assert edge.ask("POST", "/v1/hook", [("Content-Length", "4"), ("Content-Length", "5")], b"abcd").status == 400


def test_idempotent_requests_are_tried_again_and_others_are_not(edge):
    seen = edge.services.by_name["things-service"].seen
    for method, path, times in [("GET", "/v1/open?die=1", 3), ("POST", "/v1/hook?die=1", 1)]:
        before = len(seen)
        assert edge.ask(method, path).status == 503
        assert len(seen) - before == times


def test_a_service_that_says_503_is_not_asked_again(edge):
    seen = edge.services.by_name["things-service"].seen
    before = len(seen)
    assert edge.ask("GET", "/v1/open?status=503").status == 503
    assert len(seen) - before == 1


def test_a_service_is_told_how_long_the_client_will_wait(edge):
    assert edge.get("/v1/quick").sent["x-envoy-expected-rq-timeout-ms"] == ["400"]


def preflight(edge, origin):
    asked = [("Origin", origin), ("Access-Control-Request-Method", "GET")]
    return edge.ask("OPTIONS", "/v1/me", [*asked, ("Access-Control-Request-Headers", "authorization")])


@pytest.mark.parametrize("origin", [ORIGIN, "https://pr-7.preview.example.com"])
def test_a_declared_origin_may_ask(edge, origin):
    answer = preflight(edge, origin)
    assert answer.status == 200
    assert answer.header("access-control-allow-origin") == origin
    assert "authorization" in answer.header("access-control-allow-headers")
    refused = edge.get("/v1/me", [("Origin", origin)])
    assert (refused.status, refused.header("access-control-allow-origin")) == (401, origin)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "http://app.example.com",
        "https://app.example.com.evil.com",
        "https://a.b.preview.example.com",
        "https://.preview.example.com",
        "https://evil.com/x.preview.example.com",
        "null",
    ],
)
def test_another_origin_may_not(edge, origin):
    seen = len(edge.services.by_name["things-service"].seen)
    answer = preflight(edge, origin)
    assert len(edge.services.by_name["things-service"].seen) == seen
    assert not answer.header("access-control-allow-origin")
    assert not edge.get("/v1/open", [("Origin", origin)]).header("access-control-allow-origin")


def test_the_log_has_no_query_and_no_credential(edge):
    token = edge.clerk.session("user_log")
    answer = edge.get("/v1/me?code=very-secret", token=token)
    line = edge.logged(answer)
    assert (line["path"], line["user_id"], line["status"]) == ("/v1/me", "user_log", 200)
    assert line["upstream"] == "things-service"
    written = (edge.folder / "access.log").read_text() + (edge.folder / "envoy.log").read_text()
    assert "very-secret" not in written
    assert token not in written
    assert answer.sent["x-service-token"][0] not in written


def test_envoy_finds_nothing_to_warn_of(edge):
    warnings = [line for line in (edge.folder / "envoy.log").read_text().splitlines() if '"level":"warning"' in line]
    assert [line for line in warnings if "eprecated" in line or "config" in line] == []


def test_one_client_asks_only_so_often():
    with an_edge(a_backend(rate=Rate(per_second=2, burst=4))) as edge:
        answers = [edge.get("/v1/open") for _ in range(7)]
        assert [answer.status for answer in answers].count(429) >= 1
        refused = next(answer for answer in answers if answer.status == 429)
        assert refused.json["code"] == "rate_limited"
        assert refused.header("retry-after") == "1"
        assert edge.get("/health").status == 200
        time.sleep(1.1)
        assert edge.get("/v1/open").status == 200


def test_two_clients_do_not_share_a_bucket():
    with an_edge(a_backend(rate=Rate(per_second=1, burst=3)), trusted_hops=1) as edge:
        one, two = [("X-Forwarded-For", "203.0.113.1")], [("X-Forwarded-For", "203.0.113.2")]
        while edge.get("/v1/open", one).status == 200:
            pass
        assert edge.get("/v1/open", two).status == 200


def test_without_trusted_proxies_a_client_cannot_choose_its_address():
    with an_edge(a_backend(rate=Rate(per_second=1, burst=3))) as edge:
        statuses = [edge.get("/v1/open", [("X-Forwarded-For", f"203.0.113.{n}")]).status for n in range(8)]
        assert 429 in statuses


def test_a_gateway_that_runs_out_of_memory_refuses_at_once_and_says_when_to_ask_again():
    with an_edge(max_heap=1) as edge:
        answer = eventually(lambda: (got := edge.get("/v1/open")).status != 200 and got)
        for each in (answer, edge.get("/v1/me"), edge.ask("POST", "/v1/hook", body=b"{}")):
            assert (each.status, each.header("content-type")) == (503, "application/problem+json")
            assert each.json.keys() == {"type", "title", "status", "detail", "code"}
            assert (each.json["code"], each.header("retry-after")) == ("unavailable", "1")


def test_a_service_with_too_many_requests_at_once_is_refused_by_the_gateway_and_says_when_to_ask_again(monkeypatch):
    few = Thresholds(max_connections=1, max_pending_requests=1, max_requests=1)
    monkeypatch.setattr("stead.gateway.upstream._limits", lambda: few)
    with an_edge() as edge, ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: edge.ask("POST", "/v1/hook?sleep=0.3"), range(8)))
    refused = [each for each in answers if each.status != 200]
    assert len(refused) >= 4
    for each in refused:
        assert (each.status, each.header("content-type")) == (503, "application/problem+json")
        assert (each.json["code"], each.header("retry-after")) == ("unavailable", "1")


def test_a_service_that_died_is_503_and_then_there_again():
    with an_edge() as edge:
        things = edge.services.by_name["things-service"]
        assert edge.get("/v1/open").status == 200
        edge.services.do(things.close())
        for _ in range(12):
            assert edge.get("/v1/open").json["code"] == "unavailable"
        assert edge.get("/health").status == 200
        edge.services.do(things.open())
        eventually(lambda: edge.get("/v1/open").status == 200, 2)


def test_a_request_in_flight_is_finished_when_the_gateway_stops():
    with an_edge() as edge, socket.create_connection(("127.0.0.1", edge.port)) as connection:
        connection.sendall(b"GET /v1/open?sleep=0.5 HTTP/1.1\r\nHost: a\r\n\r\n")
        eventually(lambda: edge.services.by_name["things-service"].seen)
        edge.admin("/drain_listeners?graceful", "POST")
        assert json.loads(read_answer(connection).body)["path"] == "/v1/open?sleep=0.5"
