"""An API out on the internet: one limit of time and size, and a failure that names neither its URL nor its key."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from stead.kit.external_client import LARGEST, ExternalClient, NoAnswer, with_each_key
from stead.kit.live_setting import LiveSetting
from stead.testing.loopback import listening


class Api(ExternalClient):
    name = "api"

    async def ask(self, path):
        return await self._send("GET", path)


async def server(scope, receive, send):
    """Answer 401 to a key of before, drip without an end, or send more than anyone reads."""
    kind = scope["path"].removeprefix("/").split("/")[0]
    await send({"type": "http.response.start", "status": 401 if kind == "before" else 200, "headers": []})
    if kind == "drip":
        for _ in range(40):
            await send({"type": "http.response.body", "body": b".", "more_body": True})
            await asyncio.sleep(0.02)
    size = LARGEST + 1 if kind == "large" else 1
    await send({"type": "http.response.body", "body": b"." * size})


@asynccontextmanager
async def api():
    async with listening(server) as url:
        client = Api(url, timeout=0.3)
        await client.open()
        try:
            yield client
        finally:
            await client.close()


async def test_a_call_ends_in_time_however_slowly_its_answer_comes():
    async with api() as client:
        with pytest.raises(NoAnswer, match=r"^api: no answer in time$"):
            await asyncio.wait_for(client.ask("/drip"), 1)


async def test_an_answer_that_is_too_large_is_none():
    async with api() as client:
        with pytest.raises(NoAnswer, match="more than 1048576 bytes"):
            await client.ask("/large")


async def test_a_failure_names_neither_the_url_nor_the_key():
    closed = Api("http://127.0.0.1:9/secret-path", timeout=0.3)
    with pytest.raises(NoAnswer, match=r"^api: not open$"):
        await closed.ask("/token")
    await closed.open()
    with pytest.raises(NoAnswer, match=r"^api: ConnectError$"):
        await closed.ask("/token")
    await closed.close()


@pytest.mark.parametrize(
    ("keys", "status", "asked"),
    [("before now", 200, ["before", "now"]), ("now before", 200, ["now"]), ("before", 401, ["before"])],
)
async def test_the_first_key_that_is_taken_is_used(keys, status, asked):
    shown = []

    async with api() as client:

        def send(key):
            shown.append(key)
            return client.ask(f"/{key}")

        answer = await with_each_key(LiveSetting("API_KEY", keys, {}, separator=" "), send)
    assert (answer.status, shown) == (status, asked)
