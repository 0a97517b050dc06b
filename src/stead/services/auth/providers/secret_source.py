"""Where a provider's secret key comes from: the environment, or a secrets service, asked at first use.

What was read from the secrets service is kept for as long as the process lives, and looked at again behind the answers
every few seconds; at once when a signature does not hold, since the key may have been replaced. So an outage of that
service is noticed by nobody, except by a process that has never had the key.
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
RECHECK_SECONDS = 5.0  # then it is read again when a signature did not hold: a stranger can bring about no more
TIMEOUT = 0.3  # seconds that who shows what did not hold waits for the key to be read again

logger = logging.getLogger(__name__)


class SecretSource(Protocol):
    async def value(self) -> str:
        """Return the key; UnavailableError when it has never been known."""

    async def newer(self, text: str) -> str | None:
        """Return the key where it is not this text any more, by which a signature did not hold; None where it is."""


@dataclass(frozen=True, slots=True)
class EnvironmentSecret:
    """The environment holds it: no secrets service is ever asked."""

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
        """It is asked for at first use: this service may start before the other."""

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
        """Read the key again, for all who wait; whoever comes within a few seconds gets what was read then."""
        asking = self._request() if self._age() > RECHECK_SECONDS else self._asking
        if asking is not None:
            with suppress(UnavailableError, TimeoutError):  # it has been logged, and what is kept stays
                async with asyncio.timeout(TIMEOUT):
                    await asyncio.shield(asking)
        return self._text if self._text != text else None

    def _age(self) -> float:
        return self._clock() - self._asked_at

    def _request(self) -> "asyncio.Task[str]":
        """Ask once, for all who wait."""
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
    """Take note of a failure that nobody waited for; it has been logged."""
    if not task.cancelled():
        task.exception()
