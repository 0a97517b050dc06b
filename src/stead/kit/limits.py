"""Limits: ASGI middleware for the size of requests. Headers that the gateway adds are not counted.

A body that announces its length is refused before a byte of it is read; one that arrives in chunks is counted. The rest
of a refused body is still received, up to DISCARDED bytes: closing the connection while its client sends would reset
it, and the client might never get the response.
"""

from stead.kit.asgi import ASGIApp, Message, Receive, Scope, Send, headers, state
from stead.kit.http_problem import HttpProblem, common
from stead.model.refusal import BODY_TOO_LARGE, HEADERS_TOO_LARGE
from stead.model.request_limits import ADDED_HEADER_BYTES, ADDED_HEADERS, RequestLimits
from stead.model.route import Route

DISCARDED = 8 * 1024 * 1024


def too_large(most: int, *, close: bool) -> HttpProblem:
    headers = {"Connection": "close"} if close else {}
    return common(BODY_TOO_LARGE, f"The body may have at most {most} bytes.", headers=headers)


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
        most = self._most(scope)
        if announced is None:
            await self.app(scope, _counting(receive, most), send)
            return
        if not announced.isdigit():
            raise HttpProblem(400, "malformed_request", "Content-Length is not a number.")
        if int(announced) > most:
            raise too_large(most, close=int(announced) > DISCARDED)  # on an open connection the server reads on
        await self.app(scope, receive, send)  # the server holds a body to the length that it announces

    def _most(self, scope: Scope) -> int:
        """Return the limit of the route, as the boundary has found it, or the usual one."""
        route: Route | None = state(scope).get("route")
        own = route.max_body if route is not None else None
        return self.most if own is None else own


def _counting(receive: Receive, most: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message: Message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise too_large(most, close=bool(message.get("more_body")) and not await _discarded(receive))
        return message

    return counted


async def _discarded(receive: Receive) -> bool:
    """Receive the rest of a body and drop it; False if it is larger than that, or its client has gone."""
    left = DISCARDED
    while left > 0:
        message: Message = await receive()
        left -= len(message.get("body", b""))
        if not message.get("more_body"):
            return bool(message["type"] == "http.request")
    return False
