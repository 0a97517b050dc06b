"""Parse a webhook, and decide its effect: pure functions.

Clerk's payload is parsed leniently, because a refused webhook is repeated for days and then lost: only JSON with the
type and the user's id is required. A text that PostgreSQL cannot store is repaired, not refused.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from stead.kit.user import UserId

CREATED, UPDATED, DELETED = "user.created", "user.updated", "user.deleted"
LOGIN = "session.created"
HANDLED = frozenset({CREATED, UPDATED, DELETED, LOGIN})
LONGEST_TEXT = 320  # an address has 320 characters at most (RFC 3696, erratum 1690)
LONGEST_CODE = 64
LATEST = 253_402_214_400_000  # 9999-12-31, in milliseconds


class EmailAddress(Struct, frozen=True):
    email_address: str
    id: str | None = None


class UserData(Struct, frozen=True):
    """Clerk's User object, as far as it is used; times are milliseconds since 1970."""

    id: UserId
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    email_addresses: list[EmailAddress] = []
    primary_email_address_id: str | None = None
    created_at: int | None = None
    updated_at: int | None = None
    unsafe_metadata: Any = None


class SessionData(Struct, frozen=True):
    """Clerk's Session object, as far as it is used."""

    id: UserId
    user_id: UserId


class Login(Struct, frozen=True):
    """A webhook about a session that has begun."""

    data: SessionData


class Kind(Struct, frozen=True):
    """The outside of a webhook: enough to know whether it concerns this service."""

    type: str


class Event(Struct, frozen=True):
    """A webhook about a user."""

    type: str
    data: UserData
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The stored fields of a user, with the time of the change by the provider's clock."""

    user_id: str
    email: str | None
    name: str | None
    created_at: datetime | None
    updated_at: datetime


def profile(event: Event, sent_at: float) -> Profile:
    """Return the user's fields in an event; without `updated_at`, the event's own time determines the order."""
    data = event.data
    created = _moment(data.created_at)
    updated = _moment(data.updated_at) or created or _moment(event.timestamp) or datetime.fromtimestamp(sent_at, UTC)
    name = " ".join(part for part in (data.first_name, data.last_name) if part) or data.username
    return Profile(data.id, _clean(_email(data)), _clean(name), created, updated)


def referral_code(metadata: Any) -> str | None:
    """Return the referral code of a sign-up; None without a well-formed one.

    `unsafe_metadata` is written by the browser: it may contain anything, and must not fail a sign-up.
    """
    code = metadata.get("referral_code") if isinstance(metadata, dict) else None
    if not isinstance(code, str):
        return None
    code = code.strip()
    return code if 0 < len(code) <= LONGEST_CODE and code.isprintable() else None


def _email(data: UserData) -> str | None:
    """Return the primary address, or else the first."""
    for address in data.email_addresses:
        if address.id is not None and address.id == data.primary_email_address_id:
            return address.email_address
    return data.email_addresses[0].email_address if data.email_addresses else None


def _clean(text: str | None) -> str | None:
    """Remove NUL, which PostgreSQL cannot store, and other control characters."""
    return "".join(char for char in text if char.isprintable())[:LONGEST_TEXT] or None if text else None


def _moment(milliseconds: int | None) -> datetime | None:
    """Parse Clerk's time; None for an impossible one."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds and 0 < milliseconds < LATEST else None
