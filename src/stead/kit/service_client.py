"""Service client: an HTTP client of another service of the backend, with this service's own token.

CallRefused        the service understood the request and refused it (4xx): its status, code and detail
CallUnavailable    the outcome is unknown: no connection, no time left, 5xx, an unreadable answer. It is an
HttpProblem, 503 `peer_unavailable`, as the default response of a handler Only idempotent requests are retried: a
GET, or a write with a key.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from random import uniform
from time import perf_counter
from types import NoneType
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import httpcore2  # noqa: F401 - httpx2 loads it with its first client: late, and again in each process that was forked
import httpx2
import msgspec

from stead.kit import deadline, trace
from stead.kit.caller import Credentials
from stead.kit.circuit_breaker import CircuitBreaker
from stead.kit.cleanup import Protected, finish
from stead.kit.client_message import IN_FLIGHT, ClientReply, ClientRequest, in_flight, problem_of
from stead.kit.http_problem import HttpProblem
from stead.kit.otlp_json import CLIENT
from stead.kit.spans import Export, Finished
from stead.model import SteadError
from stead.model.health import HEALTH

T = TypeVar("T")
Params = Mapping[str, str | int | None]

BUDGET = 2.0  # seconds for one question, all tries together
SPARE = 0.05  # seconds of a request's time that are kept for its own answer: otherwise a bare 504 would come first
TRIES = 3
CHECKED = 2.0  # seconds for which the health of a peer is not asked again
CHECK_TIMEOUT = 0.8  # seconds; readiness waits for one second
LONGEST = 1_048_576  # bytes of an answer
LIMITS = httpx2.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=4.0)
NOT_HERE = ("not_found", "method_not_allowed", "unknown")  # the outcome for a path that no route declares

logger = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class CallRefused(Exception):  # noqa: N818 - it reads as `except CallRefused`
    """A 4xx response of a peer; `retry_after` in seconds, if given."""

    def __init__(self, peer: str, status: int, code: str, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{peer}: {status} {code}{f': {detail}' if detail else ''}")
        self.peer = peer
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after

    @property
    def refusal(self) -> HttpProblem:
        """The default response of a handler: the client does not learn what the peer refused."""
        return HttpProblem(502, "peer_refused", "Another service refused the request of this one.")

    @property
    def passing(self) -> bool:
        """Return whether the same request may succeed later.

        So may temporary refusals, and also 401, 403 and 404: between services they occur while keys, a description or a
        release are rolled out.
        """
        wrong_place = self.status in (404, 405) and self.code in NOT_HERE
        return wrong_place or self.status in (401, 403, 408, 425, 429) or self.code == IN_FLIGHT


class CallUnavailable(HttpProblem):
    """A peer did not answer; the outcome of the request is unknown."""

    def __init__(self, peer: str, why: str) -> None:
        super().__init__(503, "peer_unavailable", f"{peer} cannot be reached now.", headers={"Retry-After": "1"})
        self.peer = peer
        self.why = why

    def __str__(self) -> str:
        return f"{self.peer}: {self.why}"


class ServiceClient:
    """A client of one callee, by its name in the description. `budget` is the time limit of a request in seconds."""

    required = False  # a peer's outage must not make this service unready as well

    def __init__(self, name: str, url: str, credentials: Credentials, *, budget: float = BUDGET) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise SteadError(f"The URL of {name} is not an http:// or https:// URL.")
        self.name = name
        self.export: Export | None = None
        self._url = url.rstrip("/")
        self._credentials = credentials
        self._budget = budget
        self._breaker = CircuitBreaker()
        self._client: httpx2.AsyncClient | None = None
        self._checking = asyncio.Lock()
        self._checked, self._checked_at = "", float("-inf")

    async def open(self) -> None:
        secure = self._url.startswith("https:")  # certificates take long to load, and plain HTTP needs none
        self._client = httpx2.AsyncClient(limits=LIMITS, timeout=None, trust_env=False, verify=secure)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client:
            await finish(client.aclose())

    async def check(self) -> None:
        """Test the peer's health, at most every two seconds; raise when it is not healthy."""
        if self._client is None:
            raise CallUnavailable(self.name, "not open")
        async with self._checking:
            if time.monotonic() - self._checked_at > CHECKED:
                self._checked = await self._health(self._client)
                self._checked_at = time.monotonic()
        if self._checked:
            raise CallUnavailable(self.name, self._checked)

    async def _health(self, client: httpx2.AsyncClient) -> str:
        """Return why the peer is not healthy, without the breaker."""
        try:
            reply = await finish(client.get(self._url + HEALTH, timeout=CHECK_TIMEOUT))
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            return f"{type(error).__name__}: {error}"
        return f"its health is {reply.status_code}" if reply.status_code >= 500 else ""

    async def ask(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        answer: type[T],
        body: msgspec.Struct | None = None,
        form: Mapping[str, str] | None = None,
        key: str | None = None,
        params: Params | None = None,
    ) -> T:
        """Return the peer's response. Raises CallRefused or CallUnavailable; limited by the deadline of the request.

        `form` is sent instead of a body, as in OAuth.
        """
        content = urlencode(form).encode() if form is not None else b"" if body is None else _encode(body)
        media = "application/json" if form is None else "application/x-www-form-urlencoded"
        shown = {name: str(value) for name, value in (params or {}).items() if value is not None}
        reply = await self._reply(ClientRequest(method, path, operation, content, media, key, shown))
        if reply.status >= 400:
            raise self._refused(reply)
        try:
            return msgspec.json.decode(reply.body if answer is not NoneType else b"null", type=answer)
        except msgspec.MsgspecError as error:
            raise CallUnavailable(self.name, f"an unreadable response: {error}") from error

    async def _reply(self, question: ClientRequest) -> ClientReply:
        """Return an answer below 500, tried again within the budget where that is safe."""
        left = deadline.remaining()
        end = asyncio.get_running_loop().time() + (self._budget if left is None else min(self._budget, left - SPARE))
        tries = TRIES if question.repeatable else 1
        for count in range(1, tries + 1):
            try:
                reply = await self._guarded(question, end)
            except CallUnavailable:
                if count == tries or not await _pause(count, end):
                    raise
                continue
            if not in_flight(reply) or count == tries or not await _pause(count, end):
                return reply
        raise AssertionError("unreachable")

    async def _guarded(self, question: ClientRequest, end: float) -> ClientReply:
        """Send once, if the breaker allows it; report the outcome to the breaker."""
        if not self._breaker.admit():
            raise CallUnavailable(self.name, "it failed several times in a row; no request is sent for a moment")
        try:
            reply = await self._send(question, end)
        except CallUnavailable:
            self._breaker.failed()
            raise
        except BaseException:
            self._breaker.unknown()
            raise
        self._breaker.succeeded()
        return reply

    async def _send(self, question: ClientRequest, end: float) -> ClientReply:
        if self._client is None:
            raise CallUnavailable(self.name, "not open")
        left = end - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(left):
                reply = await self._exchange(self._client, question, left)
        except TimeoutError:
            raise CallUnavailable(self.name, "no answer in time") from None
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise CallUnavailable(self.name, f"{type(error).__name__}: {error}") from error
        if not 200 <= reply.status < 300 and not 400 <= reply.status < 500:
            raise CallUnavailable(self.name, f"it answered {reply.status}")
        return reply

    async def _exchange(self, client: httpx2.AsyncClient, question: ClientRequest, left: float) -> ClientReply:
        """Send the request; where spans are collected, each try is one."""
        current = trace.current()
        if self.export is None or current is None:
            return await self._exchanged(client, question, left, current)
        about, begun, status = current.child(), perf_counter(), 0
        try:
            reply = await self._exchanged(client, question, left, about)
            status = reply.status
            return reply
        finally:
            noted: dict[str, str | int] = {"peer.service": self.name, "http.response.status_code": status}
            taken, failed = perf_counter() - begun, status >= 500 or status == 0
            name = f"{question.method} {self.name}"
            self.export(Finished(about, name, CLIENT, taken, noted | {"operation": question.operation}, failed=failed))

    async def _exchanged(
        self, client: httpx2.AsyncClient, question: ClientRequest, left: float, about: trace.Trace | None
    ) -> ClientReply:
        request = client.stream(
            question.method,
            self._url + question.path,
            content=question.content or None,
            params=question.params or None,
            headers=self._headers(question, left, about),
        )
        async with Protected(request) as response:
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > LONGEST:
                    raise CallUnavailable(self.name, f"an answer of more than {LONGEST} bytes")
            return ClientReply(response.status_code, bytes(body), response.headers.get("retry-after"))

    def _headers(self, question: ClientRequest, left: float, about: trace.Trace | None) -> dict[str, str]:
        headers = {
            "x-service-token": self._credentials.header(self.name, question.operation),
            "x-envoy-expected-rq-timeout-ms": str(max(1, int(left * 1000))),
            "accept": "application/json",
            "accept-encoding": "identity",  # the unpacked body could have any size
        }
        if question.content:
            headers["content-type"] = question.media
        if question.key is not None:
            headers["idempotency-key"] = question.key
        if about:
            headers |= {"traceparent": about.traceparent, "x-request-id": about.request_id}
        return headers

    def _refused(self, reply: ClientReply) -> CallRefused:
        problem = problem_of(reply.body)
        wait = float(reply.retry_after) if reply.retry_after and reply.retry_after.isdigit() else None
        return CallRefused(self.name, reply.status, problem.code, problem.detail, wait)


async def _pause(count: int, end: float) -> bool:
    """Wait before the next attempt; return whether there is time left for it."""
    wait = uniform(0.5, 1.0) * 0.05 * 2**count  # noqa: S311 - jitter, not a secret
    if asyncio.get_running_loop().time() + wait >= end:
        return False
    await asyncio.sleep(wait)
    return True
