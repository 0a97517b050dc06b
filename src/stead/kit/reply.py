"""Reply: serialise the return value of a handler.

msgspec writes the body directly from the value. Litestar's own serialisation, which looks up headers, cookies, encoders
and media types for each response, took a third of a small request's time; its `Response` is still supported as a value,
for its status and headers.
"""

from typing import Any

import msgspec
from litestar import Request, Response

from stead.kit.asgi import JSON, ASGIApp, Receive, Scope, Send

EMPTY = frozenset({204, 304})

_encode = msgspec.json.Encoder().encode


class Reply:
    """A whole answer, as an ASGI app."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status = status
        self.body = body
        self.headers = headers

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def reply(result: Any, status: int, request: Request[Any, Any, Any]) -> ASGIApp:
    """Return the answer that a handler's result means; `status` is the one that the handler declares."""
    if not isinstance(result, Response):
        return _reply(status, b"" if result is None else _encode(result), {}, JSON)
    if type(result) is not Response or result.cookies or result.background:
        finished: ASGIApp = result.to_asgi_response(None, request, status_code=result.status_code or status)
        return finished
    content = result.content
    body = content if isinstance(content, bytes) else b"" if content is None else _encode(content)
    media = JSON if result.media_type is None else str(getattr(result.media_type, "value", result.media_type)).encode()
    return _reply(result.status_code or status, body, result.headers, media)


def _reply(status: int, body: bytes, named: dict[str, Any], media: bytes) -> Reply:
    headers = [(name.lower().encode("latin-1"), str(value).encode("latin-1")) for name, value in named.items()]
    if status in EMPTY:
        return Reply(status, b"", headers)
    if body:
        headers.append((b"content-type", media))
    headers.append((b"content-length", b"%d" % len(body)))
    return Reply(status, body, headers)
