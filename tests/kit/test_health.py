"""The health contract."""

import asyncio
import time

import pytest

from kit.asgi_client import ask
from stead.kit.component import HealthUnknown
from stead.kit.health import Health
from stead.kit.settings import ServiceSettings

SETTINGS = ServiceSettings(service_name="points-service", environment="staging", version="4f2a1c9")
WELL = b'{"service":"points-service","env":"staging","status":"ok","version":"4f2a1c9"}'
ILL = WELL.replace(b'"ok"', b'"unavailable"')


class Piece:
    def __init__(self, name="postgres", fault=None, takes=0.0):
        self.name, self.fault, self.takes, self.asked = name, fault, takes, 0

    async def open(self): ...
    async def close(self): ...

    async def check(self):
        self.asked += 1
        await asyncio.sleep(self.takes)
        if self.fault:
            raise self.fault


async def inner(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("path", ["/health", "/version"])
async def test_health_asks_nobody(path):
    piece = Piece(fault=OSError())
    answer = await ask(Health(inner, SETTINGS, parts=[piece]), path=path)
    assert (answer.status, answer.body, piece.asked) == (200, WELL, 0)
    assert answer.headers[b"content-type"] == b"application/json"
    assert list(answer.json) == ["service", "env", "status", "version"]


@pytest.mark.parametrize("path", ["/health", "/version"])
async def test_health_is_unavailable_without_what_it_needs(path):
    redis = Piece("redis", OSError("redis://:hunter2@h is gone"))
    app = Health(inner, SETTINGS, parts=[redis], needed=[redis])
    answer = await ask(app, path=path)
    assert (answer.status, answer.body) == (503, ILL)
    redis.fault = None
    assert (await ask(app, path=path)).body == WELL


async def test_a_part_that_hangs_counts_as_down():
    app = Health(inner, SETTINGS, parts=[], needed=[Piece(takes=30)])
    begun = time.monotonic()
    answer = await ask(app, path="/health")
    assert answer.status == 503
    assert 0.9 < time.monotonic() - begun < 2


async def test_liveness_never_asks():
    piece = Piece(fault=OSError())
    answer = await ask(Health(inner, SETTINGS, parts=[piece], needed=[piece]), path="/livez")
    assert (answer.status, answer.json, piece.asked) == (200, {"status": "ok"}, 0)


async def test_a_process_that_cannot_serve_is_not_alive():
    piece = Piece("pool")
    piece.stuck = lambda: ""
    app = Health(inner, SETTINGS, parts=[Piece(fault=OSError()), piece])
    assert (await ask(app, path="/livez")).status == 200
    piece.stuck = lambda: "all 8 connections of the pool have been in use for 31 s"
    answer = await ask(app, path="/livez")
    assert (answer.status, answer.json["code"]) == (503, "stuck")
    assert answer.headers[b"content-type"] == b"application/problem+json"
    assert "all 8 connections" in answer.json["detail"]
    assert (await ask(app, path="/health")).status == 200


async def test_readiness_names_only_what_was_asked_and_only_what_is_required_makes_it_unready():
    unknown, peer = Piece("key set", HealthUnknown()), Piece("game", OSError())
    peer.required = False
    answer = await ask(Health(inner, SETTINGS, parts=[Piece("database"), unknown, peer]), path="/readyz")
    assert answer.status == 200
    assert answer.json == {"status": "ok", "checks": {"database": "ok", "game": "unavailable"}}


async def test_readiness_asks_all_at_once():
    pieces = [Piece("postgres", takes=0.2), Piece("redis", OSError("hunter2")), Piece("outbox", takes=0.2)]
    begun = time.monotonic()
    answer = await ask(Health(inner, SETTINGS, parts=pieces), path="/readyz")
    assert time.monotonic() - begun < 0.39
    assert answer.status == 503
    checks = {"postgres": "ok", "redis": "unavailable", "outbox": "ok"}
    assert answer.json == {"status": "unavailable", "checks": checks}
    pieces[1].fault = None
    answer = await ask(Health(inner, SETTINGS, parts=pieces), path="/readyz")
    assert (answer.status, answer.json["status"]) == (200, "ok")


async def test_other_paths_and_methods():
    app = Health(inner, SETTINGS)
    assert (await ask(app, path="/health/")).status == 418
    assert (await ask(app, "POST", "/health")).status == 405
    assert (await ask(app, "HEAD", "/health")).status == 200
