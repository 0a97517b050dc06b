"""Passwords: Argon2id (RFC 9106), in a thread, a few at once.

The cost is OWASP's: 19 MiB, two passes, one lane. A request for an address that has no account costs the same, so the
time of an answer tells nothing. More than what is bounded here would let anybody fill the memory by signing in.
"""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from stead.kit.http_problem import HttpProblem

MEMORY = 19_456  # KiB
PASSES = 2
AT_ONCE = 2
WAITING = 64

T = TypeVar("T")


class Passwords:
    """Hashes and verifies."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody = _hash("a password of nobody")

    async def hash(self, password: str) -> str:
        """Return the hash in the PHC format, with its parameters and salt."""
        return await self._run(_hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Return whether a password is the one; with no hash it takes as long, and is not."""
        right = await self._run(_verify, password, hashed or self._nobody)
        return right and hashed is not None

    async def _run(self, work: Callable[..., T], *values: str) -> T:
        if self._waiting >= WAITING:
            raise HttpProblem(503, "overloaded", "Too many sign-ins at the same time.", headers={"Retry-After": "1"})
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work, *values)
        finally:
            self._waiting -= 1


def _hash(password: str) -> str:
    return _argon(os.urandom(16)).derive_phc_encoded(password.encode())


def _verify(password: str, hashed: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), hashed)
    except InvalidKey:
        return False
    return True


def _argon(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=1, memory_cost=MEMORY)
