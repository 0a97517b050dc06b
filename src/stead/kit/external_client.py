"""External client: an HTTP client of an API on the internet, with a key.

`ServiceClient` is for services of the backend. An external API has no deadline header, no breaker and no problem
document, so its clients share less: one pool of connections, one limit of time and size, the keys of a setting that is
being rotated, and a failure whose text names neither the URL nor the key.

    NoAnswer    whether the API did what was asked is not known: no connection, no time left, an answer too large
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
from msgspec import Struct

from stead.kit.cleanup import Protected, finish
from stead.kit.component import HealthUnknown
from stead.kit.live_setting import LiveSetting

UNAUTHORIZED = 401
LARGEST = 1_048_576  # bytes of an answer


class NoAnswer(ConnectionError):  # noqa: N818 - it reads as `except NoAnswer`
    """`why` in a few words, without the URL, which may hold a key."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.why = why


class ExternalAnswer(Struct, frozen=True):
    """The response of an API, with any status."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def http_client(url: str, *, timeout: float | None) -> httpx2.AsyncClient:
    """Return an HTTP client of one external server: it uses SSL_CERT_FILE, but no proxy variables."""
    # Certificates take long to load, and plain HTTP needs none.
    secure = httpx2.create_ssl_context() if url.startswith("https:") else False
    return httpx2.AsyncClient(timeout=timeout, trust_env=False, verify=secure)


class ExternalClient:
    """One API. A component of the service: it is opened with it, and closed.

    timeout  seconds of one call, all of it
    """

    name: str
    required = False  # an API's outage must not make this service unready

    def __init__(self, url: str, *, timeout: float) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._client: httpx2.AsyncClient | None = None

    async def open(self) -> None:
        self._client = http_client(self._url, timeout=None)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client:
            await finish(client.aclose())

    async def check(self) -> None:
        raise HealthUnknown

    async def _send(self, method: str, path: str, *, seconds: float | None = None, **content: Any) -> ExternalAnswer:
        """Send one request; `content` is httpx2's: `json`, `data`, `headers`, `auth`. Raises NoAnswer."""
        if self._client is None:
            raise NoAnswer(self.name, "not open")
        try:
            # The limit is of the whole call: httpx2's own begins anew with each piece that comes.
            async with (
                asyncio.timeout(self._timeout if seconds is None else seconds),
                Protected(self._client.stream(method, self._url + path, **content)) as answer,
            ):
                return ExternalAnswer(answer.status_code, answer.headers, await self._content(answer))
        except TimeoutError:
            raise NoAnswer(self.name, "no answer in time") from None
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise NoAnswer(self.name, type(error).__name__) from None  # its text may name the account

    async def _content(self, answer: httpx2.Response) -> bytes:
        content = bytearray()
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > LARGEST:
                raise NoAnswer(self.name, f"an answer of more than {LARGEST} bytes")
        return bytes(content)


async def with_each_key(secret: LiveSetting, send: Callable[[str], Awaitable[ExternalAnswer]]) -> ExternalAnswer:
    """Return the response to the first accepted key, or to the last one: a refused request has had no effect."""
    *others, last = secret.values
    for key in others:
        answer = await send(key)
        if answer.status != UNAUTHORIZED:
            return answer
    return await send(last)
