"""HTTP as uvicorn speaks it, on connections that ask for something soon.

uvicorn waits for ever for the first request of a connection, and connections are counted: a few hundred that say
nothing, or a header a minute, would shut out all others.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SILENT = 15.0  # seconds in which the first request of a connection has to come, up to the end of its headers


class PromptProtocol(HttpToolsProtocol):
    """Closes a connection on which no request has come in time; the next ones have uvicorn's own limit."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._silence = self.loop.call_later(SILENT, self._close_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        self._silence.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        asked: object = self.cycle  # none until the headers of a request have come
        if asked is None:
            self.transport.close()
