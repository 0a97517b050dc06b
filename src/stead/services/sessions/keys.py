"""Where SESSION_SIGNING_KEY comes from: the environment, or a secrets service, asked at first use.

What was read from the secrets service is kept for as long as the process lives, and looked at again in the background
every few seconds. So an outage of that service is noticed by nobody, except by a process that has never had the key.
"""

import asyncio
import logging
import time
from typing import Protocol

from stead.kit.http_problem import HttpProblem
from stead.kit.live_setting import ASK_AGAIN, LiveSetting
from stead.kit.service_client import CallRefused, CallUnavailable, ServiceClient
from stead.kit.settings import SettingsError
from stead.services.secrets.contract import SecretsClient
from stead.services.sessions.service import SIGNING_KEY
from stead.services.sessions.signing import SecretError, SigningKeyring

FRESH = ASK_AGAIN
NAME = SIGNING_KEY.name

logger = logging.getLogger(__name__)


class Keys(Protocol):
    async def keyring(self) -> SigningKeyring:
        """Return the keys; Refusal 503 `secrets_unavailable` when there are none yet."""


class EnvironmentKeys:
    """The environment holds them, and may hold others while the process runs."""

    def __init__(self, live: LiveSetting) -> None:
        self._live = live
        try:
            self._keyring = SigningKeyring.of(live.text)
        except SecretError as problem:
            raise SettingsError([f"{NAME} is malformed: {problem}."]) from None

    async def keyring(self) -> SigningKeyring:
        if self._live.changed():
            try:
                self._keyring = SigningKeyring.of(self._live.text)
            except SecretError as problem:
                logger.warning("%s cannot be used, and stays as it was: %s", NAME, problem)
        return self._keyring


class FetchedKeys:
    """A secrets service holds them. A part of the service: it is ready once it has had them."""

    name = "signing key"

    def __init__(self, peer: ServiceClient) -> None:
        self._client = SecretsClient(peer)
        self._keyring: SigningKeyring | None = None
        self._look_again = 0.0
        self._looking: asyncio.Task[SigningKeyring] | None = None

    async def open(self) -> None:
        """The key is asked for at first use: this service may start before the other."""

    async def close(self) -> None:
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def check(self) -> None:
        await self.keyring()

    async def keyring(self) -> SigningKeyring:
        if self._keyring is not None:
            if time.monotonic() >= self._look_again:
                self._look()
            return self._keyring
        return await asyncio.shield(self._look())

    def _look(self) -> "asyncio.Task[SigningKeyring]":
        """Ask once, for all who wait."""
        if self._looking is None or self._looking.done():
            self._look_again = time.monotonic() + FRESH
            self._looking = asyncio.create_task(self._read(), name="read-signing-key")
            self._looking.add_done_callback(_consume_failure)
        return self._looking

    async def _read(self) -> SigningKeyring:
        try:
            self._keyring = SigningKeyring.of((await self._client.read(NAME)).value)
        except (CallRefused, CallUnavailable, SecretError) as error:
            logger.warning("%s cannot be read: %s", NAME, error, extra={"kept": self._keyring is not None})
            raise HttpProblem(
                503, "secrets_unavailable", "The signing key cannot be read now.", headers={"Retry-After": "1"}
            ) from None
        return self._keyring


def _consume_failure(task: "asyncio.Task[SigningKeyring]") -> None:
    """Take note of a failure that nobody waited for; it has been logged."""
    if not task.cancelled():
        task.exception()
