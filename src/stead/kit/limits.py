"""Limits: how large a request may be, as ASGI middleware. What the gateway adds to a request counts beside.

A body that announces its length is refused before a byte of it is read; one that arrives in chunks is counted.
"""

from stead.kit.asgi import ASGIApp, Message, Receive, Scope, Send, headers
from stead.kit.http_problem import HttpProblem, common
from stead.model.refusal import BODY_TOO_LARGE, HEADERS_TOO_LARGE
from stead.model.request_limits import ADDED_HEADER_BYTES, ADDED_HEADERS, RequestLimits


def too_large(most: int) -> HttpProblem:
    return common(BODY_TOO_LARGE, f"The body may have {most} bytes at the most.", headers={"Connection": "close"})


class Limits:
    """ASGI middleware: a body that is too large is refused with 413, too many or too long headers with 431."""

    def __init__(self, app: ASGIApp, limits: RequestLimits) -> None:
        self.app = app
        self.most = limits.body
        self.most_headers = limits.headers + ADDED_HEADERS
        self.most_header_bytes = limits.header_bytes + ADDED_HEADER_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        found = scope["headers"]
        if len(found) > self.most_headers or sum(len(n) + len(v) for n, v in found) > self.most_header_bytes:
            raise common(HEADERS_TOO_LARGE, headers={"Connection": "close"})
        announced = headers(scope).get(b"content-length")
        if announced is None:
            await self.app(scope, self._counting(receive), send)
            return
        if not announced.isdigit():
            raise HttpProblem(400, "malformed_request", "Content-Length is not a number.")
        if int(announced) > self.most:
            raise too_large(self.most)
        await self.app(scope, receive, send)  # the server holds a body to the length that it announces

    def _counting(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message: Message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.most:
                raise too_large(self.most)
            return message

        return counted
