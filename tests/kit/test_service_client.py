import asyncio
import time
from contextlib import asynccontextmanager

import jwt
import msgspec
import pytest

from stead.kit import deadline, trace
from stead.kit.caller import Credentials
from stead.kit.circuit_breaker import REST, CircuitBreaker
from stead.kit.key import new_private_key, signing_key
from stead.kit.service_client import LONGEST, CallRefused, CallUnavailable, ServiceClient
from stead.model import SteadError


class Said(msgspec.Struct):
    text: str


OK = (200, b'{"text":"yes"}', "")


@asynccontextmanager
async def answering(*replies, budget=2.0, delay=0.0):
    """A real HTTP server that gives these replies in turn, the last for ever; None hangs up."""
    came = []

    tasks = []

    async def serve(reader, writer):
        tasks.append(asyncio.current_task())
        try:
            came.append(await question(reader))
            await asyncio.sleep(delay)
            if reply := replies[min(len(came), len(replies)) - 1]:
                status, body, more = reply
                head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{more}\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    key = signing_key(new_private_key("auth-service"))
    peer = ServiceClient("points-service", f"http://127.0.0.1:{port}", Credentials("auth-service", key), budget=budget)
    await peer.open()
    try:
        yield peer, came
    finally:
        await peer.close()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def question(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return first, headers, await reader.readexactly(int(headers.get("content-length", 0)))


async def ask(peer, method="GET", **more):
    return await peer.ask(method, "/v1/said", operation="read", answer=Said, **more)


async def test_a_question_carries_identity_key_trace_and_time():
    async with answering(OK) as (peer, came):
        trace.begin(b"request-1", None)
        assert await ask(peer, "POST", body=Said("hm"), key="k1", params={"limit": 2, "after": None}) == Said("yes")
    line, headers, body = came[0]
    assert line == "POST /v1/said?limit=2 HTTP/1.1"
    assert body == b'{"text":"hm"}'
    assert headers["idempotency-key"] == "k1"
    assert headers["x-request-id"] == "request-1"
    assert headers["traceparent"] == trace.current().traceparent
    assert 0 < int(headers["x-envoy-expected-rq-timeout-ms"]) <= 2000
    claims = jwt.decode(headers["x-service-token"].split()[1], options={"verify_signature": False})
    assert {name: claims[name] for name in ("iss", "aud", "scope")} == {
        "iss": "auth-service",
        "aud": "points-service",
        "scope": "read",
    }


async def test_a_refusal_comes_as_what_it_says():
    problem = b'{"type":"about:blank","status":429,"code":"velocity_cap","detail":"Too many."}'
    async with answering((429, problem, "Retry-After: 30\r\n")) as (peer, came):
        with pytest.raises(CallRefused) as refused:
            await ask(peer)
    said = refused.value
    assert (said.status, said.code, said.detail, said.retry_after) == (429, "velocity_cap", "Too many.", 30)
    assert said.passing
    assert len(came) == 1


@pytest.mark.parametrize(
    ("how", "questions"), [({"method": "GET"}, 3), ({"method": "POST", "key": "k"}, 3), ({"method": "POST"}, 1)]
)
async def test_only_what_may_come_twice_is_tried_again(how, questions):
    async with answering((503, b"", "")) as (peer, came):
        with pytest.raises(CallUnavailable, match="it answered 503"):
            await ask(peer, **how)
    assert len(came) == questions


async def test_a_lost_answer_is_asked_for_again_with_its_key():
    async with answering(None, OK) as (peer, came):
        assert await ask(peer, "POST", body=Said("a"), key="k") == Said("yes")
    assert [headers["idempotency-key"] for _, headers, _ in came] == ["k", "k"]


async def test_a_key_in_flight_is_asked_for_again():
    busy = (409, b'{"code":"idempotency_in_flight"}', "")
    async with answering(busy, OK) as (peer, came):
        assert await ask(peer, "POST", key="k") == Said("yes")
    assert len(came) == 2


async def test_nothing_listens():
    peer = ServiceClient(
        "points-service", "http://127.0.0.1:9", Credentials("a", signing_key(new_private_key("auth-service")))
    )
    await peer.open()
    with pytest.raises(CallUnavailable) as refused:
        await ask(peer, "POST")
    await peer.close()
    assert (refused.value.status, refused.value.code) == (503, "peer_unavailable")


async def test_a_slow_peer_is_given_up_in_time():
    async with answering(OK, budget=0.2, delay=5) as (peer, _):
        started = time.monotonic()
        with pytest.raises(CallUnavailable, match="no answer in time"):
            await ask(peer)
    assert time.monotonic() - started < 1


async def test_the_time_of_the_request_itself_is_never_exceeded():
    async with answering(OK, delay=5) as (peer, came):
        token = deadline._end.set(asyncio.get_running_loop().time() + 0.2)
        with pytest.raises(CallUnavailable):
            await ask(peer)
        deadline._end.reset(token)
    assert int(came[0][1]["x-envoy-expected-rq-timeout-ms"]) <= 150


async def test_a_peer_is_given_up_while_there_is_time_left_to_say_so():
    async with answering(OK, delay=5) as (peer, _):

        async def inner(scope, receive, send):
            await ask(peer)

        request = {"type": "http", "headers": [(deadline.HEADER, b"300")]}
        with pytest.raises(CallUnavailable):  # and not the 504 of the deadline
            await deadline.Deadline(inner)(request, None, None)


async def test_a_request_without_time_left_asks_nobody():
    async with answering(OK) as (peer, came):
        token = deadline._end.set(asyncio.get_running_loop().time() + 0.02)
        with pytest.raises(CallUnavailable):
            await ask(peer)
        deadline._end.reset(token)
    assert came == []


@pytest.mark.parametrize(
    "reply",
    [(200, b"<html>", ""), (200, b'{"text":1}', ""), (302, b"", "Location: /x\r\n"), (200, b" " * (LONGEST + 1), "")],
)
async def test_an_answer_that_cannot_be_used_is_no_answer(reply):
    async with answering(reply) as (peer, _):
        with pytest.raises(CallUnavailable):
            await ask(peer, "POST")


async def test_a_refusal_without_a_problem_document_is_still_a_refusal():
    async with answering((404, b"<html>", "")) as (peer, _):
        with pytest.raises(CallRefused) as refused:
            await ask(peer)
    assert (refused.value.status, refused.value.code, refused.value.passing) == (404, "unknown", True)


async def test_after_five_failures_nobody_is_asked_until_a_probe_goes_well():
    async with answering(*[(500, b"", "")] * 5, OK) as (peer, came):
        for _ in range(5):
            with pytest.raises(CallUnavailable):
                await ask(peer, "POST")
        with pytest.raises(CallUnavailable, match="no request is sent"):
            await ask(peer, "POST")
        assert len(came) == 5
        await asyncio.sleep(REST)
        assert await ask(peer, "POST") == Said("yes")
        assert await ask(peer, "POST") == Said("yes")


def test_half_open_lets_one_probe_through():
    now = 0.0
    breaker = CircuitBreaker(clock=lambda: now)
    for _ in range(5):
        assert breaker.admit()
        breaker.failed()
    assert not breaker.admit()
    now = REST
    assert breaker.admit()
    assert not breaker.admit()
    breaker.failed()
    assert not breaker.admit()
    now = 2 * REST
    assert breaker.admit()
    breaker.unknown()
    assert breaker.admit()
    breaker.succeeded()
    assert breaker.admit()


async def test_a_peer_that_is_closed_or_malformed_says_so():
    credentials = Credentials("a", signing_key(new_private_key("auth-service")))
    with pytest.raises(CallUnavailable, match="not open"):
        await ask(ServiceClient("points-service", "http://127.0.0.1:9", credentials), "POST")
    with pytest.raises(SteadError, match="points-service"):
        ServiceClient("points-service", "127.0.0.1:9", credentials)


async def test_readiness_tells_that_a_peer_has_stopped(monkeypatch):
    monkeypatch.setattr("stead.kit.service_client.CHECKED", 0.1)
    async with answering((200, b"{}", ""), (503, b"{}", "")) as (peer, came):
        await asyncio.gather(*(peer.check() for _ in range(5)))
        assert [line for line, _, _ in came] == ["GET /health HTTP/1.1"]  # once for all who ask within that time
        await asyncio.sleep(0.15)
        with pytest.raises(CallUnavailable, match="its health is 503"):
            await peer.check()
    with pytest.raises(CallUnavailable):
        await peer.check()


async def test_readiness_tells_that_a_peer_is_not_there():
    key = signing_key(new_private_key("auth-service"))
    peer = ServiceClient("game", "http://127.0.0.1:1", Credentials("auth-service", key))
    await peer.open()
    try:
        with pytest.raises(CallUnavailable):
            await peer.check()
    finally:
        await peer.close()
