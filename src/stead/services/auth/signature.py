"""Verify the signature of a webhook: Standard Webhooks as Svix signs them (standardwebhooks.com; docs.svix.com,
"Verifying webhooks").

The signature is made by the `standardwebhooks` library. Its `verify` is not used: it reads the system's clock, raises
ValueError for malformed input, and gets headers only after duplicates are merged.
"""

import base64
import binascii
import hmac
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from standardwebhooks import Webhook

TOLERANCE_SECONDS = 300
MOST_SECRETS, SHORTEST = 2, 16  # bytes
_NAME = re.compile(r"(?:svix|webhook)-(id|timestamp|signature)")
# No dot in an id: `id.timestamp.body` is what is signed, and a dot would let its parts be cut elsewhere.
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}")
_SIGNATURES_LENGTH = 4096


class UnsignedError(Exception):
    """The sender could not show that it is the provider; the text is for the log alone."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The three headers of a delivery; not verified yet."""

    id: str
    timestamp: int
    signatures: tuple[str, ...]


def read(headers: Iterable[tuple[bytes, bytes]]) -> Signed:
    """Read the headers, under either family of names; each once, or the same under both names."""
    found: dict[str, list[str]] = defaultdict(list)
    names = []
    for name, value in headers:
        known = _NAME.fullmatch(name.decode("latin-1").lower())
        if known:
            names.append(known[0])
            found[known[1]].append(value.decode("latin-1"))
    if len(names) != len(set(names)):
        raise UnsignedError("duplicate header")
    return Signed(
        id=_one(found["id"], "id", _ID),
        timestamp=int(_one(found["timestamp"], "timestamp", _TIMESTAMP)),
        signatures=tuple(_one(found["signature"], "signature", None).split(" ")),
    )


def verify(secrets: str, headers: Iterable[tuple[bytes, bytes]], body: bytes, now: float) -> str:
    """Return the delivery's id; UnsignedError when it is not the provider's, or is older or newer than five minutes.

    secrets  one, or two with a space between them while the provider moves from one to the other
    """
    signed = read(headers)
    if abs(now - signed.timestamp) > TOLERANCE_SECONDS:
        raise UnsignedError("timestamp out of tolerance")
    moment = datetime.fromtimestamp(signed.timestamp, UTC)
    try:
        expected = [Webhook(secret).sign(signed.id, moment, body.decode()) for secret in secrets.split()]
    except UnicodeDecodeError:
        raise UnsignedError("body is not UTF-8") from None
    if not any(_matches(each, given) for each in expected for given in signed.signatures):
        raise UnsignedError("no matching signature")
    return signed.id


def usable(secrets: str) -> bool:
    """Return whether webhook secrets can be such: one or two, each `whsec_` and base64 of 16 bytes or more."""
    parts = secrets.split(" ")
    try:
        return len(parts) <= MOST_SECRETS and all(
            len(base64.b64decode(each.removeprefix("whsec_"), validate=True)) >= SHORTEST for each in parts
        )
    except (binascii.Error, ValueError):
        return False


def _one(values: list[str], what: str, form: re.Pattern[str] | None) -> str:
    if not values:
        raise UnsignedError(f"no {what}")
    value = values[0]
    if any(other != value for other in values):
        raise UnsignedError(f"two different values of {what}")
    if len(value) > _SIGNATURES_LENGTH or (form and not form.fullmatch(value)):
        raise UnsignedError(f"malformed {what}")
    return value


def _matches(expected: str, given: str) -> bool:
    """Compare one `v1,<base64>`; another version never matches, as a malformed one does not."""
    return hmac.compare_digest(expected.encode(), given.encode("latin-1"))
