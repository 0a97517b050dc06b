"""HTTP protocol: send a response in one write. uvicorn writes head and body separately: two system calls, two packets.
Here the head waits for the next write, at most until the loop's next iteration, so that streams and empty responses are
not delayed.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD = b"HTTP/1."
LINGER = 4.5  # seconds; the gateway keeps an idle connection for 3 s, a client of the kit for 4 s
MAX_HEAD = 8 * 1024 * 1024  # bytes without an end of the headers; the description's limit is far below


class SingleWriteProtocol:
    """A transport that delays the head of a response; everything else is delegated."""

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head + data)
        elif data.startswith(_HEAD):
            self._head = data
            self._loop.call_soon(self.flush)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Write what waits, if anything does."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP, on such a transport. It reads headers without a bound, so a head without an end is cut off."""

    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast("asyncio.Transport", SingleWriteProtocol(transport, self.loop)))

    def data_received(self, data: bytes) -> None:
        was_in_head = self._in_head
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if was_in_head and self._in_head else 0
        if self._head_bytes > MAX_HEAD:
            self.transport.abort()

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()


class LingeringProtocol(Protocol):
    """The same for callers on other machines: at a stop, the peer closes idle connections.

    A request may be on its way, and an interrupted POST cannot be repeated. A late request is answered with
    `Connection: close`.
    """

    _is_stopping = False

    def shutdown(self) -> None:
        self._is_stopping = True
        if self._is_idle:
            self.loop.call_later(LINGER, self._close_if_idle)
        else:
            super().shutdown()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self._is_stopping and self.cycle:
            self.cycle.keep_alive = False

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _close_if_idle(self) -> None:
        if self._is_idle:
            self.transport.close()
