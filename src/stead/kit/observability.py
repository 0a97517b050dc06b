"""Observe: the record of every request: ids, duration, outcome; and `/metrics`.

Pure ASGI middleware. A refused or slow request is logged at INFO, a failed one at WARNING; the gateway's access log has
all of them, and so has this log at DEBUG.
"""

import logging
from time import perf_counter

from stead.kit import trace
from stead.kit.asgi import ASGIApp, Message, Receive, Scope, Send, answer, headers, state
from stead.kit.caller import ANONYMOUS, Caller
from stead.kit.metrics import MEDIA, UNKNOWN, Metrics
from stead.kit.otlp_json import SERVER
from stead.kit.spans import Export, Finished
from stead.kit.trace import Trace
from stead.model.health import METRICS

logger = logging.getLogger("stead.access")

SLOW = 1.0  # seconds


class Observe:
    """ASGI middleware: gives each request its trace, counts it, and writes it down."""

    def __init__(self, app: ASGIApp, metrics: Metrics, export: Export | None = None) -> None:
        self.app = app
        self.metrics = metrics
        self.export = export

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == METRICS:
            await answer(send, 200, self.metrics.render(), media=MEDIA)
        else:
            await self._observed(scope, receive, send)

    async def _observed(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = perf_counter()
        about = trace.begin(headers(scope).get(trace.REQUEST_ID), headers(scope).get(trace.TRACEPARENT))
        state(scope)["request_id"] = about.request_id
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            self._note(scope, about, status, perf_counter() - begun)

    def _note(self, scope: Scope, about: Trace, status: int, seconds: float) -> None:
        route = state(scope).get("route")
        named = UNKNOWN if route is None else route.path
        self.metrics.record(scope["method"] if route is not None else "-", named, status, seconds)
        if self.export is not None:
            self.export(_finished(about, scope["method"], named, status, seconds, state(scope).get("caller")))
        level = _level(status, seconds)
        if logger.isEnabledFor(level):
            logger.log(
                level,
                "%s %s %s",
                scope["method"],
                scope["path"],
                status,
                extra={"route": named, "status": status, "ms": round(seconds * 1000, 3)},
            )


def _finished(about: Trace, method: str, route: str, status: int, seconds: float, caller: Caller | None) -> Finished:
    noted: dict[str, str | int] = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "request.id": about.request_id,
    }
    if caller is not None and caller is not ANONYMOUS:
        noted["peer.service"] = caller.name
    return Finished(about, f"{method} {route}", SERVER, seconds, noted, failed=status >= 500 or status == 0)


def _level(status: int, seconds: float) -> int:
    if status >= 500 or status == 0:
        return logging.WARNING
    return logging.INFO if status >= 400 or seconds >= SLOW else logging.DEBUG
