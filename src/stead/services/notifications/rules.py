"""Pure decisions: which channel, whether now, and links that cannot be altered."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Channel = Literal["telegram", "email", "none"]
DAY = timedelta(days=1)


def channel(*, telegram: bool, email: bool, disabled: frozenset[str], required: bool) -> Channel | None:
    """Return the channel of a message; None when the user has switched its kind off. Telegram comes first."""
    off = frozenset[str]() if required else disabled
    if telegram and "telegram" not in off:
        return "telegram"
    if email and "email" not in off:
        return "email"
    return None if off and (telegram or email) else "none"


def quiet_for(now: datetime, start: time | None, end: time | None, zone: str) -> float:
    """Return the seconds until the quiet hours are over; 0 when it is not quiet now. They may go over midnight."""
    if start is None or end is None or start == end:
        return 0.0
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time().replace(tzinfo=None)
    quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not quiet:
        return 0.0
    over = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return ((over if over > local else over + DAY) - local).total_seconds()


def unsubscribe_token(secret: str, user: str, kind: str) -> str:
    """Return a token that switches one kind off for one user, and nothing else."""
    body = f"{kind}\n{user}".encode()
    return f"{_written(body)}.{_written(_mac(secret, body))}"


def unsubscribed(secrets: Iterable[str], token: str) -> tuple[str, str] | None:
    """Return the user and the kind of a token that one of these signed; None when it was altered."""
    try:
        body, mac = (urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
        kind, _, user = body.decode().partition("\n")
    except (ValueError, UnicodeDecodeError):
        return None
    signed = any(hmac.compare_digest(mac, _mac(secret, body)) for secret in secrets)
    return (user, kind) if signed else None


def digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _mac(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), b"unsubscribe\n" + body, hashlib.sha256).digest()


def _written(body: bytes) -> str:
    return urlsafe_b64encode(body).decode().rstrip("=")
