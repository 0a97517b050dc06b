"""Idempotency key: one attempt at a write, distinguished from others by the `Idempotency-Key` header.

The key belongs to its sender: the same key from two callers is two keys. The hash covers method, path and the raw body,
so that the reuse of a key with another request is detected.
"""

from dataclasses import dataclass
from hashlib import sha256

from stead.kit.http_problem import HttpProblem

HEADER = b"idempotency-key"
LONGEST = 255


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """`owner` is the caller's name, or `user:<id>` on a user route; `body_hash` is a SHA-256 digest."""

    key: str | None
    owner: str
    body_hash: bytes


def key_of(value: bytes | None) -> str | None:
    """Return the key that a header holds: 1 to 255 visible ASCII characters. Anything else is refused with 400."""
    if value is None:
        return None
    if 0 < len(value) <= LONGEST and all(0x21 <= byte <= 0x7E for byte in value):
        return value.decode("ascii")
    raise HttpProblem(
        400, "invalid_idempotency_key", "Idempotency-Key must be 1 to 255 visible ASCII characters without spaces."
    )


def hash_of(method: str, path: str, body: bytes) -> bytes:
    return sha256(f"{method} {path}\n".encode() + body).digest()
