"""The words of ASGI 3.0 that the kit's middleware speaks: it knows no framework, so it fits every one."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = Any  # a mutable mapping; each framework has its own type for it
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]  # frameworks type the three differently; all of them fit here
Headers = Iterable[tuple[bytes, bytes]]

JSON = b"application/json"
_HEADERS = "stead.headers"


SOCKET_ANSWER = "websocket.http.response"  # a server that has it can answer a WebSocket that nobody opened yet


def before_opening(scope: Scope, send: Send) -> Send | None:
    """Return a function that sends an HTTP response instead of a WebSocket; None when the server can only close it with
    403.
    """
    if SOCKET_ANSWER not in (scope.get("extensions") or {}):
        return None

    async def renamed(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    return renamed


async def answer(send: Send, status: int, body: bytes, headers: Headers = (), media: bytes = JSON) -> None:
    """Send a whole answer."""
    fixed = [(b"content-type", media), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": fixed})
    await send({"type": "http.response.body", "body": body})


def headers(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers by lower-case name; of a duplicate the last.

    The layers of the kit share this dictionary: looking each header up in the list cost more than all the rest of them.
    """
    found: dict[bytes, bytes] | None = scope.get(_HEADERS)
    if found is None:
        found = scope[_HEADERS] = dict(scope["headers"])
    return found


def state(scope: Scope) -> dict[str, Any]:
    """Return the shared state of the layers of one request."""
    found: dict[str, Any] = scope.setdefault("state", {})
    return found
