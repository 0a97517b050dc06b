"""Kinds of traffic through the gateway and the proxy: WebSockets, streams, uploads, front ends; the real Envoy."""

import json
import time
import urllib.error
import urllib.request

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

# One ASGI app that knows nothing of Stead: wrapped as an app, and run by a command behind the proxy.
APP = """
import asyncio, os
async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            names = sorted(n.decode() for n, _ in scope["headers"] if n.startswith(b"x-service"))
            await send({"type": "websocket.send", "text": f"{message['text']} {names}"})
        return
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    if scope["path"].endswith("/events"):
        for number in range(4):
            await send({"type": "http.response.body", "body": f"data: {number}\\n\\n".encode(), "more_body": True})
            await asyncio.sleep(0.9)
    await send({"type": "http.response.body", "body": f"{scope['path']} {size}".encode()})
"""
DESCRIPTION = """
import sys
from stead import Backend, Gateway, Health, Route, Service

def routes(at):
    return [
        Route.public("GET", f"{at}/socket", websocket=True),
        Route.public("GET", f"{at}/events", streams=True),
        Route.public("POST", f"{at}/files", body="3MiB", timeout=20),
        Route.public("POST", f"{at}/notes", body=10),
    ]

page = [Route.public("GET", "/"), Route.public("GET", "/docs/"), Route.public("GET", "/{path:path}")]
web = Service("web", app="page:application", routes=[*routes("/web"), *page])
up = Health("/up", contract=False)
prog = Service("prog", command=f"{sys.executable} serve.py", routes=routes("/prog"), health=up)
backend = Backend("tiny", services=[web, prog], gateway=Gateway("edge", fronts=[web, prog]))
"""
SERVE = """
import os, uvicorn
from page import application
uvicorn.run(application, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning", lifespan="off")
"""


@pytest.fixture(scope="module")
def url(shared):
    (shared.folder / "page.py").write_text(APP)
    (shared.folder / "serve.py").write_text(SERVE)
    (shared.folder / "backend.py").write_text(DESCRIPTION)
    shared.start()
    return shared.until(lambda state: state["settled"] and state["well"], 40)["url"]


def ask(url, body=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read() or b"{}").get("code")


def refusal(url, body):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=20)
    return json.loads(refused.value.read())


@pytest.mark.parametrize("service", ["web", "prog"])
def test_a_websocket_passes_where_a_route_declares_one(url, service):
    with connect(f"ws{url.removeprefix('http')}/{service}/socket", open_timeout=10) as socket:
        for text in ("one", "two"):
            socket.send(text)
            assert socket.recv(timeout=5) == f"{text} ['x-service-caller']"


def test_a_websocket_is_refused_alike_by_the_gateway_the_proxy_and_an_app_that_stead_serves(shared, url):
    places = [url, shared.process("web")["url"], shared.process("prog")["url"]]
    for at, service in zip([*places, url], ["web", "web", "prog", "prog"], strict=True):
        for path in ("events", "nothing"):
            assert refused_socket(f"{at}/{service}/{path}") == (400, "bad_request"), (at, path)
    for at, service in zip(places[1:], ["web", "prog"], strict=True):  # who has no service token
        assert refused_socket(f"{at}/{service}/socket") == (401, "unauthenticated"), at


def refused_socket(url):
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws{url.removeprefix('http')}", open_timeout=10).close()
    answer = refused.value.response
    return answer.status_code, json.loads(answer.body)["code"]


@pytest.mark.parametrize("service", ["web", "prog"])
def test_a_stream_is_not_cut_after_the_usual_deadline_and_comes_piece_by_piece(url, service):
    began = time.monotonic()
    with urllib.request.urlopen(f"{url}/{service}/events", timeout=20) as stream:
        assert stream.readline() == b"data: 0\n"
        assert time.monotonic() - began < 1.5, "the first piece waits for no other"
        assert b"data: 3" in stream.read()
    assert time.monotonic() - began > 3


@pytest.mark.parametrize("service", ["web", "prog"])
def test_a_body_may_be_as_large_as_its_route_says(url, service):
    assert ask(f"{url}/{service}/files", b"x" * (3 << 20)) == (200, f"/{service}/files {3 << 20}")
    assert ask(f"{url}/{service}/files", b"x" * ((3 << 20) + 1)) == (413, "body_too_large")
    assert f"{3 << 20} bytes" in refusal(f"{url}/{service}/files", b"x" * ((3 << 20) + 1))["detail"]
    assert "10 bytes" in refusal(f"{url}/{service}/notes", b"x" * 11)["detail"]
    assert f"{1 << 20} bytes" in refusal(f"{url}/nowhere", b"x" * ((1 << 20) + 1))["detail"]
    assert ask(f"{url}/{service}/notes", b"x" * 10) == (200, f"/{service}/notes 10")
    assert ask(f"{url}/{service}/notes", b"x" * 11) == (413, "body_too_large")


def test_a_front_end_has_the_paths_that_no_other_route_has(url):
    assert ask(f"{url}/") == (200, "/ 0")
    assert ask(f"{url}/a/deep/link.html") == (200, "/a/deep/link.html 0")
    assert ask(f"{url}/docs/") == (200, "/docs/ 0")
    assert ask(f"{url}/prog/files")[0] == 405, "a path that another service has is not the front end's"
    assert ask(f"{url}/a", b"x")[0] == 405
