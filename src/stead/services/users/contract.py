"""The wire types of the users service, and its typed client.

What begins with an address is answered alike whether an account is there or not: 202 with no body.

Errors, by code: 401 `credentials_invalid`, the one answer for whatever is wrong with them; 404 `unknown_user`; 409
`last_admin`, `method_unavailable`; 422 `weak_password`; 429 `too_many_tries` with Retry-After.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from stead.kit.display_text import DISPLAY_TEXT

Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^(?![\s\S]*[^!-~])[^@]+@[^@]+$")]
Password = Annotated[str, Meta(min_length=12, max_length=200)]
Shown = Annotated[str, Meta(max_length=200)]
Name = Annotated[str, Meta(max_length=100, pattern=DISPLAY_TEXT)]
Phone = Annotated[str, Meta(max_length=20, pattern=r"^(\+[0-9]{5,18})?$")]
Token = Annotated[str, Meta(min_length=1, max_length=200)]
Locale = Literal["ru", "en"]
Role = Literal["guest", "user", "organizer", "admin"]


class SignUp(Struct, frozen=True, forbid_unknown_fields=True):
    """A registration. The account opens once the link in the mail was followed."""

    email: Email
    password: Password
    name: Name = ""
    locale: Locale = "ru"

    def __repr__(self) -> str:
        return "SignUp()"


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """An address and its password."""

    email: Email
    password: Shown
    device: Annotated[str, Meta(min_length=1, max_length=200)] | None = None

    def __post_init__(self) -> None:
        if self.device is not None and not self.device.isprintable():
            raise ValueError("a device is printable")

    def __repr__(self) -> str:
        return "SignIn()"


class Address(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a link or a code is sent."""

    email: Email


class Link(Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a sign-in link."""

    token: Token

    def __repr__(self) -> str:
        return "Link()"


class TelegramSignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """initData of a Mini App, as Telegram signed it."""

    init_data: Annotated[str, Meta(max_length=8192)]

    def __repr__(self) -> str:
        return "TelegramSignIn()"


class Recovery(Struct, frozen=True, forbid_unknown_fields=True):
    """A new password, with the code that was sent."""

    email: Email
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}\Z", max_length=6)]
    password: Password

    def __repr__(self) -> str:
        return "Recovery()"


class PasswordChange(Struct, frozen=True, forbid_unknown_fields=True):
    """A new password in place of the current one."""

    current: Shown
    password: Password

    def __repr__(self) -> str:
        return "PasswordChange()"


class SignedIn(Struct, frozen=True):
    """A session, and an access token to begin with."""

    user_id: str
    session: str
    access_token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"SignedIn(user_id={self.user_id!r})"


class ProfileDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A user's own profile."""

    name: Name = ""
    phone: Phone = ""
    locale: Locale = "ru"


class Account(Struct, frozen=True):
    """An account."""

    id: str
    email: str | None
    telegram: str | None
    name: str
    phone: str
    locale: Locale
    roles: list[str]
    verified: bool
    created_at: datetime


class Accounts(Struct, frozen=True):
    """Accounts by id; `next` goes into `after` for the following page."""

    accounts: list[Account]
    next: str | None = None


class Roles(Struct, frozen=True, forbid_unknown_fields=True):
    """All roles of a user from now on."""

    roles: Annotated[list[Role], Meta(min_length=1, max_length=4)]


class AuditEntry(Struct, frozen=True):
    """An entry of an account's history: actor, action and time."""

    actor: str
    action: str
    at: datetime


class AuditEntries(Struct, frozen=True):
    """The audit log of an account, oldest first."""

    entries: list[AuditEntry]


class Export(Struct, frozen=True):
    """All that this service holds of a user."""

    account: Account
    audit: list[AuditEntry]


class Holder(Struct, frozen=True):
    """A service that deletes what it holds of a user; `done_at` is when it said so."""

    holder: str
    asked_at: datetime
    done_at: datetime | None


class Deletion(Struct, frozen=True):
    """How far a deletion is."""

    holders: list[Holder]
