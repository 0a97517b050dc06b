"""Telegram's Mini Apps: verify initData.

The replay guard stores the signed text, never `hash` or `signature`: each mode leaves one of them unverified, and
base64 has several encodings.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from stead.services.auth.providers.init_data import check_age, opened_by, pairs_of, signed_by_telegram, signed_by_token
from stead.services.auth.providers.provider import Identity, RejectedError
from stead.services.auth.providers.secret_source import SecretSource

METHOD = "telegram"

Signed = Callable[[Mapping[str, str]], Awaitable[bytes]]  # the text that was signed


@dataclass(frozen=True, slots=True)
class Telegram:
    """`signed` selects the kind of signature. `once`: each initData is accepted only once."""

    signed: Signed
    max_age: float
    once: bool = True
    clock: Callable[[], float] = time.time

    def recognises(self, credential: str) -> bool:
        return "=" in credential

    async def verify(self, credential: str) -> Identity:
        pairs = pairs_of(credential)
        text = await self.signed(pairs)
        opened = opened_by(pairs)
        check_age(opened, self.clock(), self.max_age)
        until = datetime.fromtimestamp(opened.at + self.max_age, UTC)
        once = sha256(text).digest() if self.once else None
        return Identity(opened.user_id, METHOD, until, name=opened.name, once=once)


def by_token(token: SecretSource) -> Signed:
    """Verify initData with a bot's token, or with one of two during a replacement."""

    async def signed(pairs: Mapping[str, str]) -> bytes:
        text = await token.value()
        try:
            return _signed_by_one(pairs, text)
        except RejectedError:
            newer = await token.newer(text)
            if newer is None:
                raise
        return _signed_by_one(pairs, newer)

    return signed


def _signed_by_one(pairs: Mapping[str, str], text: str) -> bytes:
    first, *others = text.split() or [text]
    for each in others:
        with suppress(RejectedError):
            return signed_by_token(pairs, each)
    return signed_by_token(pairs, first)


def by_telegram(bot_ids: Sequence[int], key: Ed25519PublicKey) -> Signed:
    """Take what Telegram signed for one of these bots."""

    async def signed(pairs: Mapping[str, str]) -> bytes:
        return signed_by_telegram(pairs, bot_ids, key)

    return signed
