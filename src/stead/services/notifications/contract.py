"""What goes over the wire to and from the notifications service, and its typed client.

Errors, by code: 404 `unknown_kind`, `unknown_message`; 422 `invalid_link`.
"""

from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from msgspec import Meta, Struct

from stead.kit.user import UserId

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

Line = Annotated[str, Meta(max_length=2000, pattern=r"^(?![\s\S]*\x00)")]
Name = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^(?![\s\S]*[^a-z_])")]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^(?![\s\S]*[^!-~])[^@]+@[^@]+$")]
Phone = Annotated[str, Meta(pattern=r"^\+[0-9]{5,18}(?![\s\S])")]
Locale = Literal["ru", "en"]


class Notification(Struct, frozen=True, forbid_unknown_fields=True):
    """A message for a user. The same `key` again is the same message; `data` fills the template of its kind.

    email  an address that is used in place of the user's contact: for what is sent before there is a user
    """

    user_id: UserId
    kind: str
    key: Annotated[str, Meta(min_length=1, max_length=200)]
    data: dict[Name, Line] = {}
    email: Email | None = None


class Contact(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a user is reached."""

    email: Email | None = None
    phone: Phone | None = None
    locale: Locale = "ru"


class NotificationsClient:
    """The notifications service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def send(self, notification: Notification) -> None:
        """Leave a message to be sent; the same key again sends nothing more."""
        path = "/v1/internal/notifications"
        key = f"{notification.user_id}:{notification.key}"[:255]
        await self._peer.ask("POST", path, operation="send", body=notification, answer=type(None), key=key)

    async def contact(self, user_id: str, contact: Contact) -> None:
        """Set a user's contact."""
        path = f"/v1/internal/contacts/{quote(user_id, safe='')}"
        await self._peer.ask("PUT", path, operation="contact", body=contact, answer=type(None), key=f"c:{user_id}")

    async def forget(self, user_id: str) -> None:
        """Delete a user's contact and messages."""
        path = f"/v1/internal/contacts/{quote(user_id, safe='')}"
        await self._peer.ask("DELETE", path, operation="forget", answer=type(None), key=f"forget:{user_id}")
