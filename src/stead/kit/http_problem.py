"""HTTP problem: an error response as `application/problem+json` (RFC 9457) with a stable `code`.

Handlers raise it; `Problems`, a pure ASGI middleware, turns it into the response. Any other exception becomes a 500
without details, which are in the log.
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from stead.kit.asgi import ASGIApp, Message, Receive, Scope, Send, answer, before_opening, state
from stead.model import refusal

JSON = str | int | float | bool | None | list[Any] | dict[str, Any]
MEDIA = b"application/problem+json"

logger = logging.getLogger(__name__)
_TITLES = {status.value: status.phrase for status in HTTPStatus} | {each.status: each.title for each in refusal.COMMON}
_encode = msgspec.json.Encoder().encode


class HttpProblem(Exception):  # noqa: N818 - an answer, not an error
    """An answer with an error status. `extra` are further members of the body, such as `errors`."""

    def __init__(
        self, status: int, code: str, detail: str = "", *, headers: Mapping[str, str] = {}, **extra: JSON
    ) -> None:
        super().__init__(f"{status} {code}: {detail}" if detail else f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = {"Retry-After": refusal.RETRY_AFTER, **headers} if status in refusal.PASSING else dict(headers)
        self.extra = extra

    def body(self) -> bytes:
        """Return the problem document."""
        document: dict[str, JSON] = {
            "type": "about:blank",
            "title": _TITLES.get(self.status, "Refused"),
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            document["detail"] = self.detail
        return _encode(document | self.extra)

    async def send(self, send: Send) -> None:
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        await answer(send, self.status, self.body(), headers, MEDIA)


def common(
    row: refusal.CommonRefusal, detail: str = "", *, headers: Mapping[str, str] = {}, **extra: JSON
) -> HttpProblem:
    """Return an error response of the table that the gateway shares, with an optional `detail`."""
    return HttpProblem(row.status, row.code, detail or row.detail, headers={**row.headers, **headers}, **extra)


def unauthenticated() -> HttpProblem:
    """Return the 401 response, which never names the failed check."""
    return common(refusal.UNAUTHENTICATED)


def internal(request_id: str | None = None) -> HttpProblem:
    return common(refusal.INTERNAL, request_id=request_id) if request_id else common(refusal.INTERNAL)


Translate = Callable[[Exception], HttpProblem | None]


def _only_refusals(error: Exception) -> HttpProblem | None:
    return error if isinstance(error, HttpProblem) else None


class Problems:
    """ASGI middleware: a Refusal raised inside becomes its answer, any other exception a bare 500.

    `translate` converts a framework's exceptions to error responses; it returns None for unknown ones.
    """

    def __init__(self, app: ASGIApp, translate: Translate = _only_refusals) -> None:
        self.app = app
        self.translate = translate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if started:  # half of the response was sent: the server has to close the connection
                raise
            refusal = self._refusal(error, scope)
            if scope["type"] == "http":
                await refusal.send(send)
            else:
                await _refuse_socket(refusal, scope, send)

    def _refusal(self, error: Exception, scope: Scope) -> HttpProblem:
        refusal = self.translate(error)
        if refusal is not None:
            return refusal
        method = scope.get("method", "GET")  # a WebSocket begins as one
        logger.error("unhandled error", exc_info=error, extra={"method": method, "path": scope["path"]})
        return internal(state(scope).get("request_id"))


async def _refuse_socket(refusal: HttpProblem, scope: Scope, send: Send) -> None:
    answering = before_opening(scope, send)
    if answering is None:
        await send({"type": "websocket.close", "code": 1008})
    else:
        await refusal.send(answering)
