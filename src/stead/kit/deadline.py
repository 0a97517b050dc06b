"""Deadline: a request is cancelled when its caller no longer waits for the response.

The gateway sends its time limit, and each service passes the remaining time to its callees, so that a chain of calls
ends together. Work past the deadline is cancelled, and its transaction is rolled back. If the work still waits for the
request's body, the client is slow, and gets 408.
"""

import asyncio
from contextvars import ContextVar
from weakref import WeakKeyDictionary

from stead.kit.asgi import ASGIApp, Message, Receive, Scope, Send, headers, state
from stead.kit.http_problem import HttpProblem, common
from stead.model.refusal import DEADLINE, REQUEST_TIMEOUT

HEADER = b"x-envoy-expected-rq-timeout-ms"
USUAL = 10.0  # seconds, when the request names no deadline
LONGEST = 120.0
PRECISION = 0.02  # seconds that a request may take beyond its deadline

_end: ContextVar[float | None] = ContextVar("deadline", default=None)


def remaining() -> float | None:
    """Return the remaining seconds of the current request, at least 0; None outside of a request."""
    end = _end.get()
    return None if end is None else max(0.0, end - asyncio.get_running_loop().time())


class Deadline:
    """ASGI middleware: answers 504 past the deadline, or 408 if the request is incomplete."""

    def __init__(self, app: ASGIApp, usual: float = USUAL) -> None:
        self.app = app
        self.usual = usual

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        end = loop.time() + self._budget(headers(scope).get(HEADER))
        _end.set(end)
        limit = _Limit()
        watch = _watch_of(loop)
        watch.add(limit, end)
        state(scope)["disable_deadline"] = lambda: _disable(watch, limit)
        body = _Body(receive) if _has_body(scope) else None
        try:
            await self.app(scope, body or receive, send)
        except (asyncio.CancelledError, Exception):  # code that was cancelled may raise an exception of its own
            if not limit.reached or limit.task.uncancel() > 0:  # the task was cancelled from outside, too
                raise
            raise _past(body) from None
        finally:
            watch.drop(limit)

    def _budget(self, shown: bytes | None) -> float:
        if shown is None or not shown.isdigit():
            return self.usual
        return min(int(shown[:9]) / 1000, LONGEST)


def _has_body(scope: Scope) -> bool:
    shown = headers(scope)
    return shown.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in shown


def _past(body: "_Body | None") -> HttpProblem:
    if body is None or not body.is_awaited:
        return common(DEADLINE)
    return common(REQUEST_TIMEOUT, headers={"Connection": "close"})  # the rest of the body is not waited for


class _Body:
    """Receives a request's body, and knows whether more of it is being waited for."""

    __slots__ = ("_is_whole", "_receive", "is_awaited")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_whole = False  # what is received after that is the end of the connection
        self.is_awaited = False

    async def __call__(self) -> Message:
        self.is_awaited = not self._is_whole
        message: Message = await self._receive()
        self.is_awaited = False
        self._is_whole = not message.get("more_body")
        return message


def disable(scope: Scope) -> None:
    """Take the deadline away from a request whose answer is a stream without an end."""
    disabling = state(scope).get("disable_deadline")
    if disabling is not None:
        disabling()


def _disable(watch: "_DeadlineTimer", limit: "_Limit") -> None:
    watch.drop(limit)
    _end.set(None)


class _Limit:
    """Cancels the task that created it. asyncio.timeout does the same at three times the cost."""

    __slots__ = ("reached", "task")

    def __init__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # a server runs each request in a task
        self.task = task
        self.reached = False

    def reach(self) -> None:
        self.reached = True
        self.task.cancel()


class _DeadlineTimer:
    """Cancels expired requests every few milliseconds: a timer per request cost 4% of a small request's time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ends: dict[_Limit, float] = {}
        self._looking = False

    def add(self, limit: _Limit, end: float) -> None:
        self._ends[limit] = end
        if not self._looking:
            self._looking = True
            self._loop.call_later(PRECISION, self._look)

    def drop(self, limit: _Limit) -> None:
        self._ends.pop(limit, None)

    def _look(self) -> None:
        now = self._loop.time()
        for limit in [limit for limit, end in self._ends.items() if end <= now]:
            del self._ends[limit]
            limit.reach()
        self._looking = bool(self._ends)
        if self._looking:
            self._loop.call_later(PRECISION, self._look)


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, _DeadlineTimer] = WeakKeyDictionary()


def _watch_of(loop: asyncio.AbstractEventLoop) -> _DeadlineTimer:
    found = _watches.get(loop)
    if found is None:
        found = _watches[loop] = _DeadlineTimer(loop)
    return found
