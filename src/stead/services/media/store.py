"""Store: the bucket, accessed by our own presigned URLs. A component of the service."""

import logging
from collections.abc import Mapping
from dataclasses import replace

import httpx2

from stead.kit.cleanup import Protected, finish
from stead.kit.component import HealthUnknown
from stead.kit.external_client import http_client
from stead.kit.live_setting import LiveSetting
from stead.model import SteadError
from stead.model.bucket_url import BucketUrl
from stead.services.media.signing import location_of, presigned, public_endpoint

TIMEOUT = 20.0  # seconds
OWN = 60  # seconds that a URL of our own is good

logger = logging.getLogger(__name__)


class StoreUnavailable(Exception):  # noqa: N818 - said as it is read
    """The bucket did not answer, or not as expected; its text has no key and no signature."""


class Store:
    """One bucket."""

    name = "bucket"
    required = False

    def __init__(self, url: LiveSetting, public: str | None = None) -> None:
        self._url = url
        self._public = public_endpoint(public) if public else ""
        self._at = location_of(url.text)
        self._client: httpx2.AsyncClient | None = None

    @property
    def at(self) -> BucketUrl:
        """The bucket, and the key that opens it now: it may be another one while the process runs."""
        if self._url.changed():
            try:
                self._at = location_of(self._url.text)
            except SteadError as error:
                logger.warning("the bucket's address stays as it was: %s", error)
        return self._at

    @property
    def outside(self) -> BucketUrl:
        """The bucket as clients outside reach it: a signature holds the host to which the request goes."""
        return replace(self.at, endpoint=self._public) if self._public else self.at

    async def open(self) -> None:
        self._client = http_client(self.at.endpoint, timeout=TIMEOUT)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client:
            await finish(client.aclose())

    async def check(self) -> None:
        raise HealthUnknown

    async def read(self, name: str, most: int) -> bytes | None:
        """Return an object of at most so many bytes; None when there is none, or it is larger."""
        client = self._opened()
        url = presigned(self.at, "GET", name, seconds=OWN)
        body = bytearray()
        try:
            async with Protected(client.stream("GET", url)) as answer:
                if answer.status_code == 404:
                    return None
                if answer.status_code != 200:
                    raise StoreUnavailable(f"the bucket answered {answer.status_code}")
                async for piece in answer.aiter_raw():
                    body += piece
                    if len(body) > most:
                        return None
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise StoreUnavailable(type(error).__name__) from None
        return bytes(body)

    async def write(self, name: str, content: bytes, content_type: str) -> None:
        headers = {"content-type": content_type}
        url = presigned(self.at, "PUT", name, seconds=OWN, headers=headers)
        await self._request("PUT", url, (200,), content, headers)

    async def delete(self, name: str) -> None:
        """Delete an object; one that is not there is as good."""
        await self._request("DELETE", presigned(self.at, "DELETE", name, seconds=OWN), (200, 204, 404))

    async def _request(
        self,
        method: str,
        url: str,
        well: tuple[int, ...],
        content: bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> None:
        try:
            answer = await self._opened().request(method, url, content=content, headers=headers)
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise StoreUnavailable(type(error).__name__) from None
        if answer.status_code not in well:
            raise StoreUnavailable(f"the bucket answered {answer.status_code}")

    def _opened(self) -> httpx2.AsyncClient:
        if self._client is None:
            raise StoreUnavailable("not open")
        return self._client
