"""Smoke tells a service that anybody may ask from one that asks for a service token."""

from http.server import BaseHTTPRequestHandler

import httpx2

from stead.model import Backend, Gateway, Health, Route, Service
from stead.ops.smoke import Target, smoke
from stead.testing.loopback import answering

SERVICE = Service(
    "reviews",
    command="none",
    health=Health("/up", contract=False),
    routes=[
        Route.public("GET", "/v1/reviews"),
        Route.public("POST", "/v1/reviews"),
        Route.user("GET", "/v1/mine/{id}"),
    ],
)
BACKEND = Backend("tried", [SERVICE], Gateway("gateway", fronts=[SERVICE]))


def answers_of(status, asked):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200 if self.path == "/up" else status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    return Answer


def boundary(status):
    asked = []
    with answering(answers_of(status, asked)) as url, httpx2.Client() as client:
        checks = list(smoke(Target(BACKEND, "dev", {"reviews": url}, "v1"), client))
    found = [each for each in checks if each.asked.endswith("without a service token")]
    return found, asked


def test_a_service_that_refuses_is_well_and_nothing_is_written():
    found, asked = boundary(401)
    assert [(each.name, each.asked, each.wrong) for each in found] == [
        ("reviews", "2 routes without a service token", "")
    ]
    assert [path for path in asked if path.startswith("/v1")] == ["/v1/reviews", "/v1/mine/smoke"]


def test_a_path_for_services_that_everybody_may_ask_for_is_not_asked_of_the_gateway():
    inner = Service("stock", command="none", routes=[Route.service("ANY", "/{path:path}", "call")])
    outer = Service("shop", command="none", routes=[Route.public("ANY", "/{path:path}")])
    backend = Backend("tried", [inner, outer], Gateway("gateway", fronts=[outer]))
    asked = []
    with answering(answers_of(200, asked)) as url, httpx2.Client() as client:
        checks = list(smoke(Target(backend, "dev", {"gateway": url}, "v1"), client))
    assert not [each.asked for each in checks if each.name == "gateway" and "for services" in each.asked]


def test_a_service_that_answers_anybody_is_found_with_each_route():
    (found,), _ = boundary(200)
    assert found.wrong == ("GET /v1/reviews answered 200, not 401; GET /v1/mine/{id} answered 200, not 401")


KEYS = Service(
    "keys",
    command="none",
    health=Health("/up", contract=False),
    routes=[Route.service("POST", "/v1/keys", "write"), Route.service("GET", "/v1/keys", "read")],
)
READER = Service("reader", command="none", port=None, calls=[KEYS.may("read")])
OTHER = Service("other", command="none", port=None)


def judge(seen):
    """A program that holds its routes by what a token says: the caller, and what is granted to it."""

    class Judge(BaseHTTPRequestHandler):
        def do_GET(self):
            caller = self.headers.get("X-Service-Token", "")
            seen.append((self.command, self.path, caller))
            granted = self.command == "GET" and caller.startswith("reader") and "read" in caller.split("[")[1]
            status = 200 if granted or self.path == "/up" else 403 if caller.startswith("reader") else 401
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - its name is http.server's

        def log_message(self, *words):
            pass

    return Judge


def test_where_the_keys_are_at_hand_each_route_is_asked_in_three_ways():
    seen = []
    backend = Backend("tried", [KEYS, READER, OTHER])
    with answering(judge(seen)) as url, httpx2.Client() as client:
        target = Target(backend, "dev", {"keys": url}, "v1", mint=lambda *words: f"{words[0]} {sorted(words[2])}")
        checks = {each.asked: each.wrong for each in smoke(target, client) if each.name == "keys"}
    assert checks == {
        "GET /up": "",
        "2 routes without a service token": "",
        "2 routes with the token of an undeclared caller": "",
        "2 routes for an undeclared operation": "",
    }
    everything = "['front', 'read', 'write']"
    assert ("POST", "/v1/keys", f"reader {everything}") in seen
    assert ("GET", "/v1/keys", "reader ['front', 'write']") in seen, "it may read, and this token does not say so"
    assert ("POST", "/v1/keys", f"other {everything}") in seen
