"""Pure decisions: which channel, whether now, and links that cannot be altered."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Channel = Literal["telegram", "email", "sms"]
Digest = Literal["none", "hour", "day"]
CHANNELS: tuple[Channel, ...] = ("telegram", "email", "sms")  # the first that reaches the user is taken
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DIGEST_HOUR = 9  # of the user's day


def channel(
    *, reachable: Collection[Channel], chosen: Mapping[str, bool], required: bool
) -> Channel | Literal["none"] | None:
    """Return the channel of a message; None when the user has switched its kind off, `none` when nothing reaches them.

    chosen  by channel, whether the user wants this kind there. An SMS costs money: what is not required goes there only
            when the user has switched it on
    """
    wanted = [each for each in CHANNELS if each in reachable and (required or chosen.get(each, each != "sms"))]
    if wanted:
        return wanted[0]
    return None if reachable else "none"


def digest_due(now: datetime, how: Digest, zone: str) -> datetime | None:
    """Return when the next digest is sent: at the full hour, or at nine in the morning; None where there is none."""
    local = now.astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    if how == "hour":
        return local.astimezone(UTC) + HOUR
    if how == "day":
        morning = local.replace(hour=DIGEST_HOUR)
        return (morning if morning > now else morning + DAY).astimezone(UTC)
    return None


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
