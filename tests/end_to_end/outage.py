"""The four ways in which a part is out, made from outside: nothing in the product knows of them.

A part that is stopped by the command line leaves its port free, and a stand-in takes it: one that answers after three
seconds, or one that answers nothing but errors, in HTTP or as Redis or PostgreSQL would say it.
"""

import asyncio
import os
import signal
import struct
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import psutil

from stead.run.control_client import Remote

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
    stand_in = StandIn(part, how)
    if how != "stopped":
        await stand_in.open(port)
    try:
        yield
    finally:
        await stand_in.close()
        await asyncio.to_thread(remote.ask, "start", [part])


def process(remote, name):
    return next(each for each in remote.ask("status")["processes"] if each["name"] == name)


def port_of(remote, part):
    """Return the port on which a part listens."""
    listening = psutil.Process(process(remote, part)["pid"]).net_connections("inet")
    url = process(remote, part)["url"]
    return urlsplit(url).port or next(each.laddr.port for each in listening if each.status == psutil.CONN_LISTEN)


class StandIn:
    """A server that answers in a part's place; when it is closed, none of its connections is left."""

    def __init__(self, part, how):
        self.part, self.how = part, how
        self.server, self.answering, self.over = None, set(), False

    async def open(self, port):
        for _ in range(100):
            try:
                self.server = await asyncio.start_server(self.answer, "127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)  # the port is being given back
            else:
                return
        raise AssertionError(f"port {port} of {self.part} is not given back")

    async def close(self):
        self.over = True  # also for who was accepted just now, and is answered in the next turn
        if self.server:
            self.server.close()
            left = list(self.answering)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            await self.server.wait_closed()

    async def answer(self, reader, writer):
        if self.over:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        self.answering.add(task)
        try:
            while await reader.read(65536):
                if self.how == "slow":
                    await asyncio.sleep(SLOW)
                writer.write(ERRORS.get(self.part, HTTP_500))
                await writer.drain()
                if self.part not in ERRORS or self.part == "postgres":
                    break
        except ConnectionError:
            pass  # who asked has gone
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.answering.discard(task)
