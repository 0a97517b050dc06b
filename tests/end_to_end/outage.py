"""The four ways in which a part is out, made from outside: nothing in the product knows of them.

A part that is stopped by the command line leaves its port free, and a stand-in takes it: one that answers after three
seconds, or one that answers nothing but errors, in HTTP or as Redis or PostgreSQL would say it.
"""

import asyncio
import os
import signal
import struct
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import psutil

from stead.run.remote import Remote

SLOW = 3.0  # seconds an answer
OUTAGES = ("stopped", "killed", "slow", "error")
BODY = b'{"error":"all is broken"}'
HTTP_500 = (
    b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\nconnection: close\r\n"
    + f"content-length: {len(BODY)}\r\n\r\n".encode()
    + BODY
)
FATAL = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
ERRORS = {
    "redis": b"-ERR all is broken\r\n",
    "postgres": b"E" + struct.pack("!I", len(FATAL) + 4) + FATAL,
}


@asynccontextmanager
async def out(backend, part, how):
    """Take a part out for as long as the block lasts; killed, it comes back by itself."""
    remote = Remote(backend.folder)
    if how == "killed":
        os.kill(process(remote, part)["pid"], signal.SIGKILL)
        yield
        return
    port = port_of(remote, part)
    await asyncio.to_thread(remote.ask, "stop", [part])
    server = await _stand_in(port, part, how) if how != "stopped" else None
    try:
        yield
    finally:
        if server:
            server.close()
            await server.wait_closed()
        await asyncio.to_thread(remote.ask, "start", [part])


def process(remote, name):
    return next(each for each in remote.ask("status")["processes"] if each["name"] == name)


def port_of(remote, part):
    """Return the port on which a part listens."""
    listening = psutil.Process(process(remote, part)["pid"]).net_connections("inet")
    url = process(remote, part)["url"]
    return urlsplit(url).port or next(each.laddr.port for each in listening if each.status == psutil.CONN_LISTEN)


async def _stand_in(port, part, how):
    async def answer(reader, writer):
        try:
            while await reader.read(65536):
                if how == "slow":
                    await asyncio.sleep(SLOW)
                writer.write(ERRORS.get(part, HTTP_500))
                await writer.drain()
                if part not in ERRORS or part == "postgres":
                    break
        except ConnectionError:
            pass  # who asked has gone
        finally:
            writer.close()

    for _ in range(100):
        try:
            return await asyncio.start_server(answer, "127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)  # the port is being given back
    raise AssertionError(f"port {port} of {part} is not given back")
