"""The console's server: an ASGI app for uvicorn. Spans come in by a secret path; the page is behind `Access`.

Rejected: Litestar, which the services are made with. Its import takes 0.4 s of the processor and a third more memory,
while the backend starts beside it, and twenty paths need no router.
"""

import asyncio
import logging
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import parse_qsl

import msgspec

from stead.console.access import Access, Refused
from stead.console.api import NotFound
from stead.console.http_message import HEADERS, BadRequest, Handler, Request, Response, as_json, failed
from stead.console.otlp import LONGEST, OtlpError, Span, spans
from stead.model import SteadError

MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PROTOBUF, JSON = "application/x-protobuf", "application/json"
SHELL = "index.html"
KEY = "key.html"  # the page for a browser without the token
BODY = 1_048_576  # bytes of a request of the page
FIELDS = 50  # of a query
SILENT = 30.0  # seconds in which a body has to come
TIMEOUT, PAUSE = 2.0, 0.02  # seconds that a sender of spans waits at most, and between two looks
STREAMED = frozenset({("POST", "/api/runs")})  # what has a file as its body

logger = logging.getLogger(__name__)


class SpanRecorder(Protocol):
    """What takes spans; `busy` tells that many wait to be written."""

    @property
    def busy(self) -> bool: ...
    def take(self, spans: Iterable[Span]) -> None: ...


class Server:
    """The ASGI app. `routes` maps a method and a path, in which `{name}` is one segment, to a handler."""

    def __init__(
        self,
        access: Access,
        routes: Mapping[tuple[str, str], Handler],
        spans_path: str,
        recorder: SpanRecorder,
        mask: Callable[[bytes], bytes],
    ) -> None:
        self._access = access
        self._spans_path = spans_path
        self._recorder, self._mask = recorder, mask
        self._routes = [(method, _pattern(path), handler) for (method, path), handler in routes.items()]
        self._static = _static()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith(self._spans_path):
            response = await self._spans(scope, receive)
        else:
            response = self._masked(await self._page(scope, receive))
        await _send(send, response)

    def _masked(self, response: Response) -> Response:
        """Return an answer without secrets; where they cannot be read, an error in its place."""
        if response.media != JSON:
            return response
        try:
            return replace(response, body=self._mask(response.body))
        except SteadError as error:
            return failed(409, str(error))

    async def _page(self, scope: Any, receive: Any) -> Response:
        try:
            request = _request(scope)
        except BadRequest as error:
            return failed(400, str(error))
        if refused := self._access.foreign(request.headers):
            return failed(*refused)
        if (token := request.query.get("token")) is not None and request.method == "GET":
            return self._enter(token)
        if refused := self._access.refusal(request.method, request.headers):
            return self._refused(request, refused)
        try:
            return await self._answer(receive, request)
        except Exception as error:  # noqa: BLE001 - one request that fails must not end the others
            return _failure(request, error)

    async def _answer(self, receive: Any, request: Request) -> Response:
        for method, pattern, handler in self._routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                asked = replace(request, variables=found.groupdict())
                if (method, request.path) in STREAMED:
                    return await handler(replace(asked, parts=_parts(receive)))
                return await handler(replace(asked, body=await _body(receive, BODY) if method != "GET" else b""))
        if request.method != "GET":
            return failed(405, "Nothing here takes that method.")
        if request.path.startswith("/api/"):
            return failed(404, "There is no such question.")
        if request.path.startswith("/static/"):
            return self._file(request.path.removeprefix("/static/"))
        return self._file(SHELL)

    def _file(self, name: str, status: int = 200) -> Response:
        if name not in self._static:
            return failed(404, "There is no such file.")
        media, body = self._static[name]
        return Response(status, body, media)

    def _enter(self, token: str) -> Response:
        """Keep the token in a cookie; the page takes it out of the address.

        Not by a redirect: a browser that comes from elsewhere, such as a file, would not send the cookie along.
        """
        if not self._access.is_token(token):
            return self._file(KEY, 401)
        return replace(self._file(SHELL), headers={"set-cookie": self._access.set_cookie()})

    def _refused(self, request: Request, refused: Refused) -> Response:
        if refused.status == 401 and request.method == "GET":
            if request.path in ("/static/style.css", "/static/icon.svg"):
                return self._file(request.path.removeprefix("/static/"))
            if not request.path.startswith(("/api/", "/static/")):
                return self._file(KEY, 401)
        return failed(*refused)

    async def _spans(self, scope: Any, receive: Any) -> Response:
        """Take the spans of an export request; what else OTLP has is not collected, and answered so."""
        if scope["method"] != "POST" or scope["path"] != f"{self._spans_path}/v1/traces":
            return failed(404, "Only spans are collected here: POST …/v1/traces.")
        headers = _headers(scope)
        media = headers.get("content-type", "")
        await self._until_written()
        try:
            body = await _body(receive, LONGEST)
            found = await asyncio.to_thread(spans, body, media, headers.get("content-encoding", ""))
        except BadRequest as error:
            return failed(413, str(error))
        except OtlpError as error:
            return failed(400, str(error))
        self._recorder.take(found)
        return Response(200, b"", PROTOBUF) if media.startswith(PROTOBUF) else as_json({})

    async def _until_written(self) -> None:
        """Let a sender wait while too many spans do: what waits in it takes no memory here. Only for so long.

        The body is read after that, so that as many senders as there are hold no more than the buffers of sockets.
        """
        until = time.monotonic() + TIMEOUT
        while self._recorder.busy and time.monotonic() < until:  # noqa: ASYNC110 - the writer is a thread
            await asyncio.sleep(PAUSE)


def _failure(request: Request, error: Exception) -> Response:
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
        return failed(503, "This takes too long: look for less, such as one process, or only what failed.")
    if isinstance(error, sqlite3.Error | msgspec.MsgspecError):
        return failed(503, f"The file of this run cannot be read: {error}")
    if isinstance(error, OverflowError):  # SQLite takes 64 bits
        return failed(400, "A number of this request is too large.")
    for kind, status in ((BadRequest, 400), (NotFound, 404), (SteadError, 409)):
        if isinstance(error, kind):
            return failed(status, str(error))
    logger.error("%s %s", request.method, request.path, exc_info=error)
    return failed(500, "The console failed; .stead/logs/console.log has the reason.")


def _static() -> dict[str, tuple[str, bytes]]:
    folder = files("stead.console").joinpath("static")
    return {
        each.name: (MEDIA[each.name[each.name.rindex(".") :]], each.read_bytes())
        for each in folder.iterdir()
        if each.is_file() and each.name.endswith(tuple(MEDIA))
    }


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]{1,200})", re.escape(path)))


def _headers(scope: Any) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _request(scope: Any) -> Request:
    if sum(name == b"host" for name, _ in scope["headers"]) > 1:
        raise BadRequest("The request names two hosts.")  # RFC 9112, 3.2: it is unknown which of them was meant
    query = scope["query_string"].decode("latin-1")
    if query.count("&") >= FIELDS:
        raise BadRequest(f"The address has more than {FIELDS} fields.")
    pairs = parse_qsl(query, keep_blank_values=True)
    return Request(scope["method"], scope["path"], dict(pairs), _headers(scope))


async def _body(receive: Any, most: int) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(SILENT):
            async for part in _parts(receive):
                body += part
                if len(body) > most:
                    raise BadRequest(f"the body is longer than {most} bytes")
    except TimeoutError:
        raise BadRequest(f"the body did not come within {SILENT:.0f} seconds") from None
    return bytes(body)


async def _parts(receive: Any) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        yield message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            return


async def _send(send: Any, response: Response) -> None:
    fixed = {"content-type": response.media, "content-length": str(len(response.body)), **HEADERS, **response.headers}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in fixed.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
