"""How answers go out on the wire: whole ones in one piece, streams at once."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn

from stead.kit.http_protocol import Protocol

BODY = b'{"a": 1}'


async def answering(scope, _receive, send):
    status = 204 if scope["path"] == "/empty" else 200
    length = [] if status == 204 else [(b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": status, "headers": length})
    await send({"type": "http.response.body", "body": b"" if status == 204 else BODY})


async def reading(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await answering(scope, receive, send)


@asynccontextmanager
async def connected(app):
    """One connection to a server that runs in this loop."""
    config = uvicorn.Config(app, http=Protocol, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(ConnectionError):  # where the server has cut it off
                await writer.wait_closed()
            server.should_exit = True
            await serving


def request(path="/", method="GET", more=""):
    return f"{method} {path} HTTP/1.1\r\nHost: wire\r\n{more}\r\n".encode()


async def test_an_answer_comes_in_one_piece():
    async with connected(answering) as (reader, writer):
        for _ in range(20):
            writer.write(request())
            piece = await reader.read(65_536)
            assert piece.startswith(b"HTTP/1.1 200 OK\r\n")
            assert piece.endswith(b"\r\n\r\n" + BODY)


@pytest.mark.parametrize("asked", [request(method="HEAD"), request("/empty")])
async def test_an_answer_without_a_body_is_not_held_back(asked):
    async with connected(answering) as (reader, writer):
        for _ in range(3):
            writer.write(asked)
            assert (await asyncio.wait_for(reader.read(65_536), 2)).endswith(b"\r\n\r\n")


async def test_answers_to_requests_sent_together_keep_their_order():
    async with connected(answering) as (reader, writer):
        writer.write(request() + request("/empty") + request())
        got = b""
        while got.count(BODY) < 2:
            got += await asyncio.wait_for(reader.read(65_536), 2)
        assert [part[:3] for part in got.split(b"HTTP/1.1 ")[1:]] == [b"200", b"204", b"200"]


async def test_the_head_of_a_stream_is_there_before_its_body():
    go_on = asyncio.Event()

    async def streaming(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"late", "more_body": False})

    async with connected(streaming) as (reader, writer):
        writer.write(request())
        assert (await asyncio.wait_for(reader.read(65_536), 2)).endswith(b"\r\n\r\n")
        go_on.set()
        assert b"late" in await asyncio.wait_for(reader.read(65_536), 2)


async def test_a_connection_that_ends_ends_with_the_whole_answer():
    async with connected(answering) as (reader, writer):
        writer.write(request(more="Connection: close\r\n"))
        assert (await asyncio.wait_for(reader.read(), 2)).endswith(BODY)
    async with connected(answering) as (reader, writer):
        writer.write(request("/empty", more="Connection: close\r\n"))
        assert b" 204 " in await asyncio.wait_for(reader.read(), 2)


async def test_a_head_without_an_end_is_cut_off(monkeypatch):
    monkeypatch.setattr("stead.kit.http_protocol.MAX_HEAD", 100_000)
    async with connected(answering) as (reader, writer):
        writer.write(request() + b"GET / HTTP/1.1\r\nx-endless: ")
        assert (await asyncio.wait_for(reader.read(65_536), 2)).endswith(BODY)
        with pytest.raises(ConnectionError):
            for _ in range(100):
                writer.write(b"x" * 10_000)
                await writer.drain()
                await asyncio.sleep(0.01)


async def test_a_large_body_is_no_head(monkeypatch):
    monkeypatch.setattr("stead.kit.http_protocol.MAX_HEAD", 100_000)
    async with connected(reading) as (reader, writer):
        for _ in range(2):
            writer.write(request(method="POST", more="Content-Length: 500000\r\n") + b"x" * 500_000)
            assert (await asyncio.wait_for(reader.read(65_536), 2)).endswith(BODY)
