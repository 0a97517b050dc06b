"""Deadlines."""

import asyncio

import pytest

from kit.asgi_client import ask
from stead.kit.deadline import Deadline, remaining
from stead.kit.http_problem import Problems


def app(work, usual=10.0):
    async def inner(_scope, _receive, send):
        await work()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    return Problems(Deadline(inner, usual))


def timeout(milliseconds):
    return [(b"x-envoy-expected-rq-timeout-ms", milliseconds)]


async def test_work_past_the_deadline_is_cancelled():
    ended = []

    async def work():
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(remaining())

    answer = await ask(app(work), headers=timeout(b"50"))
    assert (answer.status, answer.json["code"]) == (504, "deadline")
    assert ended == [0.0]


@pytest.mark.parametrize(
    ("said", "about"), [(b"2000", 2), (None, 10), (b"", 10), (b"-5", 10), (b"soon", 10), (b"9" * 30, 120)]
)
async def test_how_much_time_there_is(said, about):
    left = []

    async def work():
        left.append(remaining())

    assert (await ask(app(work), headers=timeout(said) if said is not None else [])).status == 200
    assert about - 1 < left[0] <= about


@pytest.mark.parametrize(("announced", "status"), [(b"10", 408), (b"4", 504)])
async def test_a_body_that_comes_too_slowly_is_the_client_s_and_work_after_it_the_service_s(announced, status):
    """Both have one part of four bytes: the first client sends no more, the second has sent all."""
    parts = [{"type": "http.request", "body": b"four", "more_body": announced != b"4"}]
    sent = []

    async def receive():
        return parts.pop() if parts else await asyncio.sleep(30)

    async def inner(_scope, receive, _send):
        while (await receive()).get("more_body"):
            pass
        await receive()  # as a framework does, which wants to know when its client goes

    async def send(message):
        sent.append(message)

    headers = [(b"content-length", announced), *timeout(b"50")]
    await Problems(Deadline(inner))({"type": "http", "headers": headers}, receive, send)
    assert sent[0]["status"] == status
    assert dict(sent[0]["headers"]).get(b"connection") == (b"close" if status == 408 else None)


async def test_an_error_that_the_deadline_caused_is_the_deadline_s():
    async def work():
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            raise ConnectionError("cancelled") from None

    assert (await ask(app(work), headers=timeout(b"50"))).status == 504


async def test_a_timeout_of_the_work_s_own_is_not_the_request_s():
    async def work():
        raise TimeoutError

    assert (await ask(app(work))).status == 500


async def test_whoever_cancels_the_request_cancels_it():
    task = asyncio.ensure_future(ask(app(lambda: asyncio.sleep(30))))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_outside_of_a_request_there_is_no_deadline():
    assert remaining() is None
