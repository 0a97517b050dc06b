"""The source of a provider's secret key: the environment, or a secrets service at first use.

A key from the secrets service is cached for the life of the process, and refreshed in the background every few seconds;
immediately after an invalid signature, since the key may have been replaced. So an outage of that service affects only
a process that has never had the key.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from stead.kit.live_setting import ASK_AGAIN, LiveSetting
from stead.kit.service_client import CallRefused, CallUnavailable, ServiceClient
from stead.services.auth.providers.provider import UnavailableError
from stead.services.secrets.contract import SecretsClient

FRESH_SECONDS = ASK_AGAIN  # then the key is read again
RECHECK_SECONDS = 5.0  # then it is read again when a signature was wrong: a stranger can cause no more reads than this
TIMEOUT = 0.3  # seconds that a request with a wrong signature waits for the key to be read again

logger = logging.getLogger(__name__)


class SecretSource(Protocol):
    async def value(self) -> str:
        """Return the key; UnavailableError when it has never been known."""

    async def newer(self, text: str) -> str | None:
        """Return the key if it has changed since a signature failed with this one; otherwise None."""


@dataclass(frozen=True, slots=True)
class EnvironmentSecret:
    """A key in the environment, without a secrets service."""

    live: LiveSetting = field(repr=False)

    async def value(self) -> str:
        self.live.changed()
        return self.live.text

    async def newer(self, text: str) -> str | None:
        """Return what was read before: the environment is looked at with each value."""
        return self.live.text if self.live.text != text else None


class FetchedSecret:
    """A secrets service holds it. A part of the service: ready once the key has been had."""

    def __init__(
        self, key: str, peer: ServiceClient, *, shortest: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = f"secret {key}"
        self._key, self._client, self._shortest, self._clock = key, SecretsClient(peer), shortest, clock
        self._text: str | None = None
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[str] | None = None

    async def open(self) -> None:
        """Open without a request: this service may start before the other."""

    async def close(self) -> None:
        if self._asking:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def check(self) -> None:
        await self.value()

    async def value(self) -> str:
        if self._text is None:
            return await asyncio.shield(self._request())
        if self._age() > FRESH_SECONDS:
            self._request()
        return self._text

    async def newer(self, text: str) -> str | None:
        """Read the key again, once for all waiting requests and those of the next few seconds."""
        asking = self._request() if self._age() > RECHECK_SECONDS else self._asking
        if asking is not None:
            with suppress(UnavailableError, TimeoutError):  # it was logged, and the kept value stays in use
                async with asyncio.timeout(TIMEOUT):
                    await asyncio.shield(asking)
        return self._text if self._text != text else None

    def _age(self) -> float:
        return self._clock() - self._asked_at

    def _request(self) -> "asyncio.Task[str]":
        """Send one request for all waiting callers."""
        if self._asking is None or self._asking.done():
            self._asked_at = self._clock()
            self._asking = asyncio.create_task(self._read(), name=f"read-{self._key}")
            self._asking.add_done_callback(_consume_failure)
        return self._asking

    async def _read(self) -> str:
        try:
            text = (await self._client.read(self._key)).value
        except (CallRefused, CallUnavailable) as error:
            raise self._unread(str(error)) from None
        if len(text.encode()) < self._shortest:
            raise self._unread(f"it is shorter than {self._shortest} bytes")
        self._text = text
        return text

    def _unread(self, why: str) -> UnavailableError:
        logger.warning("%s cannot be read: %s", self._key, why, extra={"kept": self._text is not None})
        return UnavailableError(f"{self._key} cannot be read", wait=1)


def _consume_failure(task: "asyncio.Task[str]") -> None:
    """Consume a failure of the background refresh, which has been logged."""
    if not task.cancelled():
        task.exception()
