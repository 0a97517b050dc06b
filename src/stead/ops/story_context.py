"""The context of a story: a client of the gateway that retries, users, development secrets, and the steps so far.

A story also runs while processes are killed. So its client retries a request for a while after 502, 503, 504 or no
answer, and every write has an Idempotency-Key, so that a retry is safe, also while the first try is still in progress.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Any, Self

import httpx2

from stead.kit.cleanup import finish

AGAIN = frozenset({502, 503, 504})
IN_FLIGHT = "idempotency_in_flight"  # the code of a 409: a try with the same key is at work
PAUSE = 0.05  # seconds between two tries
Expected = int | tuple[int, ...]  # one right status, or several, as for an attempt after one that was cut off


class StoryError(AssertionError):
    """The backend did not behave as the story expects."""


@dataclass(frozen=True, slots=True)
class Step:
    """One finished step: its duration in seconds, and its error, if any."""

    title: str
    seconds: float
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A client of the gateway, with one credential or none."""

    client: httpx2.AsyncClient
    headers: Mapping[str, str]
    timeout: float

    async def get(self, path: str, expect: Expected = 200, **rest: Any) -> Any:
        return await self.request("GET", path, expect, **rest)

    async def post(self, path: str, body: Any = None, expect: Expected = 201, **rest: Any) -> Any:
        return await self.request("POST", path, expect, json=body, **rest)

    async def put(self, path: str, body: Any = None, expect: Expected = 200, **rest: Any) -> Any:
        return await self.request("PUT", path, expect, json=body, **rest)

    async def patch(self, path: str, body: Any = None, expect: Expected = 200, **rest: Any) -> Any:
        return await self.request("PATCH", path, expect, json=body, **rest)

    async def delete(self, path: str, expect: Expected = 204, **rest: Any) -> Any:
        return await self.request("DELETE", path, expect, **rest)

    async def request(
        self, method: str, path: str, expect: Expected, headers: Mapping[str, str] | None = None, **rest: Any
    ) -> Any:
        """Send a request, and return the decoded answer; StoryError for another status than the expected one."""
        sent = {**self.headers, **(headers or {})}
        if method != "GET":
            sent.setdefault("Idempotency-Key", secrets.token_hex(16))
        expected = (expect,) if isinstance(expect, int) else expect
        answer = await self._request_with_retry(method, path, expected, sent, rest)
        if answer.status_code not in expected:
            wanted = " or ".join(map(str, expected))
            raise StoryError(f"{method} {path} answered {answer.status_code}, not {wanted}: {answer.text[:300]}")
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text

    async def _request_with_retry(
        self, method: str, path: str, expected: tuple[int, ...], headers: Mapping[str, str], rest: Mapping[str, Any]
    ) -> httpx2.Response:
        until = monotonic() + self.timeout
        while True:
            try:
                answer = await self.client.request(method, path, headers=headers, **rest)
            except httpx2.TransportError as error:
                if monotonic() > until:
                    raise StoryError(f"{method} {path}: {type(error).__name__}") from None
            else:
                if answer.status_code in expected or not _is_temporary(answer) or monotonic() > until:
                    return answer
            await asyncio.sleep(PAUSE)


def _is_temporary(answer: httpx2.Response) -> bool:
    return answer.status_code in AGAIN or (answer.status_code == 409 and f'"{IN_FLIGHT}"' in answer.text)


@dataclass(slots=True)
class StoryContext:
    """The backend and the helpers of a story.

    gateway   the URL of the gateway
    urls      where each process is reached, by name: for a stand-in of the outside world, never for a shortcut
    control   stops or starts a process: (`stop` or `start`, name)
    token     makes a development user's credential: (user, roles) -> token
    secret    gives a development secret: (service, setting) -> value
    shown     is reported each step as it ends
    timeout   seconds for which a request that cannot be answered is asked again, and something is waited for
    """

    gateway: str
    token: Callable[[str, tuple[str, ...]], str]
    secret: Callable[[str, str], str]
    shown: Callable[[Step], None] = lambda _: None
    urls: Mapping[str, str] = field(default_factory=dict)
    control: Callable[[str, str], None] = lambda _do, _name: None
    timeout: float = 15.0
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    _client: httpx2.AsyncClient = field(init=False)
    _clients: list[httpx2.AsyncClient] = field(default_factory=list)
    _credentials: dict[tuple[str, ...], str] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._client = httpx2.AsyncClient(base_url=self.gateway, timeout=10.0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await finish(self._close())

    async def _close(self) -> None:
        for client in (self._client, *self._clients):
            await client.aclose()

    def name(self, who: str) -> str:
        """Return an id that no earlier run of the story has used."""
        return f"{who}_{self.run}"

    def user(self, user: str, *roles: str) -> Person:
        """Return a signed-in user, with one credential for the whole story."""
        who = (user, *roles)
        if who not in self._credentials:
            self._credentials[who] = self.token(user, roles)
        return self.bearer(self._credentials[who])

    def bearer(self, credential: str) -> Person:
        return self.anonymous({"Authorization": f"Bearer {credential}"})

    def anonymous(self, headers: Mapping[str, str] | None = None) -> Person:
        """Return a client without a credential, with these headers."""
        return Person(self._client, headers or {}, self.timeout)

    def outside(self, name: str) -> Person:
        """Return a client of a stand-in of an external service, such as Telegram."""
        client = httpx2.AsyncClient(base_url=self.urls[name], timeout=10.0)
        self._clients.append(client)
        return Person(client, {}, self.timeout)

    @asynccontextmanager
    async def without(self, name: str) -> AsyncIterator[None]:
        """Stop a process during the block."""
        await asyncio.to_thread(self.control, "stop", name)
        try:
            yield
        finally:
            await finish(asyncio.to_thread(self.control, "start", name))

    @asynccontextmanager
    async def step(self, title: str) -> AsyncIterator[None]:
        """Run one step and report it, also when it fails."""
        start = monotonic()
        try:
            yield
        except Exception as error:
            self.shown(Step(title, monotonic() - start, str(error) or type(error).__name__))
            raise
        self.shown(Step(title, monotonic() - start))

    async def eventually(self, holds: Callable[[], Awaitable[bool]], saying: str, within: float | None = None) -> None:
        """Wait until a condition holds; StoryError with its description after the timeout."""
        within = self.timeout if within is None else within
        until = monotonic() + within
        while not await holds():
            if monotonic() > until:
                raise StoryError(f"not within {within:.0f} s: {saying}")
            await asyncio.sleep(PAUSE)
