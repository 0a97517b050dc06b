"""The boundary: every request against the declared routes."""

import json
import logging
import time

import pytest

from kit.asgi_client import ask
from stead.kit.boundary import Boundary, Paths
from stead.kit.caller import Keyring, mint
from stead.kit.http_problem import HttpProblem, Problems
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key, trusted_keys
from stead.model import Route

ROUTES = (
    Route.public("GET", "/v1/articles"),
    Route.user("GET", "/v1/points/balance"),
    Route.user("GET", "/v1/points/{entry_id}"),
    Route.user("DELETE", "/v1/points/{entry_id}", roles=("editor", "admin")),
    Route.user("POST", "/v1/tokens", scope=None),
    Route.user("GET", "/v1/live", websocket=True),
    Route.service("POST", "/v1/awards", "award"),
    Route.service("GET", "/v1/users/{user_id}/balance", "read"),
    Route.service("ANY", "/v1/authorize", "introspect"),
)
KEYS = {name: new_private_key(name) for name in ("api-gateway", "auth-service", "stranger")}
MAY = {"api-gateway": ("front", "introspect"), "auth-service": ("award",)}


STARTED = time.time()  # tokens are made when tests are collected, and asked about when they run: both by this clock


def clock():
    return STARTED


def token(name, *operations, audience="points-service"):
    made = mint(signing_key(KEYS[name]), name, audience, operations, now=STARTED)
    return (b"x-service-token", f"Bearer {made}".encode())


FRONT = token("api-gateway", "front")


def user(name=b"user_1", **more):
    named = {"roles": b"x-user-roles", "method": b"x-auth-method", "scopes": b"x-user-scopes"}
    return [FRONT, (b"x-user-id", name), *((named[key], value) for key, value in more.items())]


async def inner(scope, _receive, send):
    told = scope["state"]
    person = told["user"].id if told["user"] else "-"
    body = f"{told['route']} {told['caller'].name} {person}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def app(*, alone=False):
    entries = {name: public_jwk(KEYS[name], name, may) for name, may in MAY.items()}
    keys = {} if alone else trusted_keys(jwk_set(entries), None)
    return Problems(Boundary(inner, ROUTES, Keyring(keys, "points-service", clock=clock), "points-service"))


GUARDED = app()
ALONE = app(alone=True)

LET_IN = [
    ("GET", "/v1/articles", [FRONT], "GET /v1/articles api-gateway -"),
    ("HEAD", "/v1/articles", [FRONT], "GET /v1/articles api-gateway -"),
    ("GET", "/v1/points/balance", user(), "GET /v1/points/balance api-gateway user_1"),
    ("GET", "/v1/points/7", user(), "GET /v1/points/{entry_id} api-gateway user_1"),
    ("DELETE", "/v1/points/balance", user(roles=b"x admin"), "DELETE /v1/points/{entry_id} api-gateway user_1"),
    ("POST", "/v1/tokens", user(method=b"session"), "POST /v1/tokens api-gateway user_1"),
    ("GET", "/v1/points/7", user(method=b"token", scopes=b"points:read x"), "GET /v1/points/{entry_id} api-gateway"),
    ("POST", "/v1/awards", [token("auth-service", "award")], "POST /v1/awards auth-service -"),
    ("PATCH", "/v1/authorize", [token("api-gateway", "introspect")], "ANY /v1/authorize api-gateway -"),
    ("GET", "/v1/points/7", user("ваня".encode()), "GET /v1/points/{entry_id} api-gateway ваня"),
    ("GET", "/v1/points/7", user(b"a%20b"), "GET /v1/points/{entry_id} api-gateway a%20b"),
]


@pytest.mark.parametrize(("method", "path", "headers", "says"), LET_IN)
async def test_what_is_declared_is_let_in(method, path, headers, says):
    answer = await ask(GUARDED, method, path, headers)
    assert answer.status == 200
    assert answer.body.decode().startswith(says)


AWARD = token("auth-service", "award")
REFUSED = [
    # paths and methods
    ("GET", "/", [FRONT], 404, "not_found"),
    ("GET", "/v1/article", [FRONT], 404, "not_found"),
    ("GET", "/v1/articles/", [FRONT], 404, "not_found"),
    ("GET", "//v1/articles", [FRONT], 404, "not_found"),
    ("GET", "/v1//articles", [FRONT], 404, "not_found"),
    ("GET", "/v1/users//balance", [AWARD], 404, "not_found"),
    ("GET", "/V1/articles", [FRONT], 404, "not_found"),
    ("GET", "/v1/points/a/b", user(), 404, "not_found"),
    ("GET", "/v1/points/{entry_id}/", user(), 404, "not_found"),
    ("POST", "/v1/articles", [FRONT], 405, "method_not_allowed"),
    ("OPTIONS", "/v1/articles", [FRONT], 405, "method_not_allowed"),
    ("TRACE", "/v1/points/7", user(), 405, "method_not_allowed"),
    # callers
    ("GET", "/v1/articles", [], 401, "unauthenticated"),
    ("GET", "/v1/articles", [(b"x-service-token", b"x")], 401, "unauthenticated"),
    ("GET", "/v1/articles", [(b"x-service-token", FRONT[1].replace(b"Bearer", b"bearer"))], 401, "unauthenticated"),
    ("GET", "/v1/articles", [(b"authorization", FRONT[1])], 401, "unauthenticated"),
    ("POST", "/v1/awards", [], 401, "unauthenticated"),
    ("POST", "/v1/awards", [token("stranger", "award")], 401, "unauthenticated"),
    ("POST", "/v1/awards", [token("auth-service", "award", audience="content-service")], 401, "unauthenticated"),
    ("POST", "/v1/awards", [token("auth-service")], 403, "operation_not_declared"),
    ("POST", "/v1/awards", [FRONT], 403, "operation_not_declared"),
    ("GET", "/v1/users/u/balance", [token("auth-service", "read")], 403, "operation_not_declared"),
    ("GET", "/v1/articles", [AWARD], 403, "operation_not_declared"),
    ("GET", "/v1/points/7", [token("auth-service", "front"), (b"x-user-id", b"u")], 403, "operation_not_declared"),
    # users
    ("GET", "/v1/points/7", [(b"x-user-id", b"u")], 401, "unauthenticated"),
    ("GET", "/v1/points/7", [FRONT], 401, "unauthenticated"),
    ("GET", "/v1/points/7", user(b""), 401, "unauthenticated"),
    ("GET", "/v1/points/7", user(b" "), 401, "unauthenticated"),
    ("GET", "/v1/points/7", user(b"\xff\xfe"), 401, "unauthenticated"),
    ("GET", "/v1/points/7", user(b"a\x00b"), 401, "unauthenticated"),
    ("GET", "/v1/points/7", user(b"x" * 256), 401, "unauthenticated"),
    ("DELETE", "/v1/points/7", user(), 403, "role_missing"),
    ("DELETE", "/v1/points/7", user(roles=b"editors"), 403, "role_missing"),
    ("POST", "/v1/tokens", user(method=b"token", scopes=b"tokens:write"), 403, "scope_missing"),
    ("GET", "/v1/points/7", user(method=b"token"), 403, "scope_missing"),
    ("GET", "/v1/points/7", user(method=b"token", scopes=b"points:write"), 403, "scope_missing"),
    # headers that are there twice
    ("GET", "/v1/points/7", [*user(), (b"x-user-id", b"user_2")], 400, "duplicate_header"),
    ("GET", "/v1/points/7", [*user(), (b"x-user-id", b"user_1")], 400, "duplicate_header"),
    ("GET", "/v1/points/7", [*user(), FRONT], 400, "duplicate_header"),
    ("GET", "/v1/points/7", [*user(roles=b"a"), (b"x-user-roles", b"admin")], 400, "duplicate_header"),
    ("POST", "/v1/awards", [AWARD, *[(b"idempotency-key", b"k")] * 2], 400, "duplicate_header"),
    # keys
    ("POST", "/v1/awards", [AWARD, (b"idempotency-key", b"")], 400, "invalid_idempotency_key"),
    ("POST", "/v1/awards", [AWARD, (b"idempotency-key", b"a b")], 400, "invalid_idempotency_key"),
    ("POST", "/v1/awards", [AWARD, (b"idempotency-key", "ключ".encode())], 400, "invalid_idempotency_key"),
    ("POST", "/v1/awards", [AWARD, (b"idempotency-key", b"k" * 256)], 400, "invalid_idempotency_key"),
]


@pytest.mark.parametrize(("method", "path", "headers", "status", "code"), REFUSED)
async def test_what_is_not_declared_is_refused(method, path, headers, status, code):
    answer = await ask(GUARDED, method, path, headers)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.headers[b"content-type"] == b"application/problem+json"


async def test_harmless_headers_may_come_twice():
    twice = [(b"accept", b"a/b"), (b"accept", b"c/d")]
    assert (await ask(GUARDED, "GET", "/v1/articles", [FRONT, *twice])).status == 200


async def test_another_method_is_told_which_are_allowed():
    assert (await ask(GUARDED, "PUT", "/v1/points/balance", user())).headers[b"allow"] == b"DELETE, GET"


async def test_every_401_is_the_same_and_the_log_tells_them_apart(caplog):
    caplog.set_level(logging.INFO)
    missing = await ask(GUARDED, "POST", "/v1/awards", [])
    stranger = await ask(GUARDED, "POST", "/v1/awards", [token("stranger", "award")])
    nobody = await ask(GUARDED, "GET", "/v1/points/7", [FRONT])
    assert missing.body == stranger.body == nobody.body
    assert missing.headers == stranger.headers == nobody.headers
    assert len({record.getMessage() for record in caplog.records}) == 3
    assert "is not a declared caller of points-service" in caplog.text


async def test_a_service_without_a_keyring_answers_what_is_public_and_nothing_else():
    assert (await ask(ALONE, "GET", "/v1/articles")).body == b"GET /v1/articles anyone -"
    assert (await ask(ALONE, "GET", "/v1/points/7", user())).status == 401
    assert (await ask(ALONE, "POST", "/v1/awards", [AWARD])).status == 401


async def socket(path, headers=(), extensions=("websocket.http.response",)):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": path,
        "headers": list(headers),
        "extensions": {each: {} for each in extensions},
    }
    await GUARDED(scope, None, send)
    return sent


@pytest.mark.parametrize(
    ("path", "shown", "status", "code"),
    [
        ("/v1/articles", [], 400, "bad_request"),
        ("/v1/points/balance", [], 400, "bad_request"),
        ("/v1/nothing", [], 400, "bad_request"),
        ("/v1/live", [], 401, "unauthenticated"),
        ("/v1/live", [FRONT], 401, "unauthenticated"),
        ("/v1/live", [AWARD], 403, "operation_not_declared"),
    ],
)
async def test_a_websocket_is_refused_as_envoy_does_and_only_a_declared_one_asks_for_a_credential(
    path, shown, status, code
):
    start, body = await socket(path, shown)
    assert (start["type"], start["status"]) == ("websocket.http.response.start", status)
    assert (body["type"], json.loads(body["body"])["code"]) == ("websocket.http.response.body", code)
    plain = await ask(GUARDED, "GET", path, [*shown, (b"upgrade", b"WebSocket")])
    assert plain.status == 400, "a server that opens none says so of an upgrade"


async def test_a_server_that_cannot_answer_a_websocket_closes_it():
    assert await socket("/v1/articles", extensions=()) == [{"type": "websocket.close", "code": 1008}]


def test_a_path_is_found_without_trying_every_route():
    many = [Route.service("GET", f"/v1/things{n}/{{id}}", "read") for n in range(3000)]
    paths = Paths([*many, *ROUTES])
    begun = time.perf_counter()
    for _ in range(1000):
        paths.find("POST", "/v1/awards")
    assert time.perf_counter() - begun < 0.1
    with pytest.raises(HttpProblem):
        paths.find("GET", "/v1/things3/")
