"""The provider's keys: fetched when needed, kept through outages, never fetched at a stranger's bidding."""

import asyncio
import json

import pytest

from stead.services.auth.providers.key_set import FRESH_SECONDS, PAUSE_SECONDS, KeySet, keys_of
from stead.services.auth.providers.provider import RejectedError, UnavailableError
from stead.testing.clerk import StandInClerk


@pytest.fixture(scope="module")
def one():
    return StandInClerk(kid="one")


@pytest.fixture(scope="module")
def two():
    return StandInClerk(kid="two")


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Provider:
    """A provider's HTTP server on the loopback, which counts and may fail."""

    def __init__(self, instance):
        self.content = json.dumps(instance.key_set()).encode()
        self.status = 200
        self.asked = 0
        self.again = asyncio.Event()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/jwks.json"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()

    async def answer(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        if self.asked > 1:
            self.again.set()
        head = f"HTTP/1.1 {self.status} X\r\ncontent-length: {len(self.content)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + self.content)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


class Opened:
    def __init__(self, url):
        self.clock = Clock()
        self.keys = KeySet(url, clock=self.clock)

    async def __aenter__(self):
        await self.keys.open()
        return self.keys, self.clock

    async def __aexit__(self, *_):
        await self.keys.close()


async def test_many_who_need_a_key_fetch_it_once(one):
    async with Provider(one) as provider, Opened(provider.url) as (keys, _):
        found = await asyncio.gather(*(keys.key("one") for _ in range(20)))
        assert {key.public_numbers() for key in found} == {one.key.public_key().public_numbers()}
        assert provider.asked == 1


async def test_an_unknown_key_id_is_looked_for_after_a_pause(one, two):
    async with Provider(one) as provider, Opened(provider.url) as (keys, clock):
        await keys.key("one")
        for name in ("two", "three", "four"):
            with pytest.raises(RejectedError):
                await keys.key(name)
        assert provider.asked == 1
        provider.content = json.dumps(two.key_set()).encode()
        clock.now += PAUSE_SECONDS
        assert await keys.key("two")
        assert provider.asked == 2


@pytest.mark.parametrize("broken", [(500, b""), (200, b"no JSON"), (200, b'{"keys": []}'), (200, b"[]"), (302, b"")])
async def test_through_an_outage_the_last_good_set_is_kept(one, broken):
    async with Provider(one) as provider, Opened(provider.url) as (keys, clock):
        await keys.key("one")
        provider.status, provider.content = broken
        clock.now += PAUSE_SECONDS
        with pytest.raises(UnavailableError):
            await keys.key("two")
        assert await keys.key("one")


async def test_without_any_set_nothing_can_be_said(one):
    async with Provider(one) as provider:
        provider.status = 503
        async with Opened(provider.url) as (keys, clock):
            for _ in range(3):
                with pytest.raises(UnavailableError):
                    await keys.key("one")
            assert provider.asked == 1
            provider.status = 200
            clock.now += PAUSE_SECONDS
            assert await keys.key("one")


async def test_a_server_that_is_not_there_is_an_outage():
    async with Opened("http://127.0.0.1:9/jwks.json") as (keys, _):
        with pytest.raises(UnavailableError):
            await keys.key("one")


async def test_an_old_set_is_fetched_again_behind_the_answer(one):
    async with Provider(one) as provider, Opened(provider.url) as (keys, clock):
        await keys.key("one")
        clock.now += FRESH_SECONDS + 1
        await keys.key("one")
        async with asyncio.timeout(5):
            await provider.again.wait()


async def test_no_proxy_of_the_environment_is_asked(one, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with Provider(one) as provider, Opened(provider.url) as (keys, _):
        assert await keys.key("one")


async def test_a_set_too_large_is_refused(one):
    async with Provider(one) as provider, Opened(provider.url) as (keys, _):
        provider.content = b" " * 300_000 + provider.content
        with pytest.raises(UnavailableError):
            await keys.key("one")


async def test_a_file_is_read_and_read_again(one, two, tmp_path):
    async with Opened(one.write_key_set(tmp_path)) as (keys, clock):
        assert await keys.key("one")
        two.write_key_set(tmp_path)
        clock.now += PAUSE_SECONDS
        assert await keys.key("two")
        (tmp_path / "jwks.json").unlink()
        clock.now += PAUSE_SECONDS
        with pytest.raises(UnavailableError):
            await keys.key("three")
        assert await keys.key("two")


def test_only_keys_that_may_verify_are_taken(one, two):
    good, other = one.key_set()["keys"][0], two.key_set()["keys"][0]
    odd = [
        5,
        {"kty": "oct", "kid": "oct", "k": "AAAA"},
        {**other, "kid": 5},
        {**other, "kid": "encrypts", "use": "enc"},
        {**other, "kid": "pss", "alg": "PS256"},
        {**other, "kid": "broken", "n": "!"},
        {**other, "kid": "short", "n": "AQAB"},
        {name: value for name, value in other.items() if name != "kid"},
    ]
    assert set(keys_of(json.dumps({"keys": [*odd, good]}).encode())) == {"one"}
