"""What holds of a session, decided from facts alone; the same in either store.

A session is shown as `sess_` and 64 hexadecimal digits, 256 random bits. The store knows its HMAC only. Rotation
replaces what is shown and keeps the session: the new one is derived from the old one, from a random nonce that the
store keeps, and from the signing key. So who shows the old one within the grace gets the very same new one, and nothing
that is stored is of any use to a thief.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from stead.services.sessions.contract import Session

PREFIX = "sess_"
_SHOWN = re.compile(PREFIX + r"[0-9a-f]{64}")

Fault = Literal["malformed", "unknown", "ended", "ended with all others", "expired", "idle", "rotated before"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session may be unused, how long it may last, and how long a rotated one is still good."""

    idle: timedelta
    absolute: timedelta
    grace: timedelta


@dataclass(frozen=True, slots=True)
class SessionState:
    """What the store knows of a session that was shown, by its own clock.

    epoch       the user's epoch when the session began; `user_epoch`: the user's epoch now
    retired_at  when what was shown was rotated, with the nonce that makes its successor; None: it is the latest
    """

    session: Session
    epoch: int
    user_epoch: int | None
    ended: bool
    now: datetime
    retired_at: datetime | None = None
    nonce: bytes = b""


def fault(found: SessionState, grace: timedelta) -> Fault | None:
    """Return the reason why a session is invalid; None for a valid one."""
    if found.ended:
        return "ended"
    if found.epoch != found.user_epoch:
        return "ended with all others"
    if found.now >= found.session.expires_at:
        return "expired"
    if found.now >= found.session.idle_expires_at:
        return "idle"
    if found.retired_at is not None and found.now >= found.retired_at + grace:
        return "rotated before"
    return None


def new_session() -> str:
    return PREFIX + secrets.token_hex(32)


def new_id() -> str:
    return secrets.token_hex(16)


def new_nonce() -> bytes:
    return secrets.token_bytes(32)


def looks_real(shown: str) -> bool:
    return _SHOWN.fullmatch(shown) is not None


def bearer(values: list[bytes]) -> str | None:
    """Return the session in an Authorization header; None without exactly one."""
    if len(values) != 1:
        return None
    scheme, _, credential = values[0].decode("latin-1").partition(" ")
    return credential if scheme.lower() == "bearer" else None
