"""What goes over the wire to and from the media service, and its typed client.

Errors, by code: 403 `not_owner`; 404 `unknown_media`, and for another user's; 409 `not_uploaded`, `not_published`; 413
`too_large`; 415 `unsupported_content`; 429 `quota_exceeded`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from msgspec import Meta, Struct

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

OwnerKind = Literal["event", "organizer", "payment_proof"]
Gallery = Literal["event", "organizer"]
OwnerId = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^(?![\s\S]*[^a-z0-9-])")]
Status = Literal["quarantine", "published", "refused"]


class UploadOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that is to be uploaded, of exactly so many bytes."""

    owner_kind: OwnerKind
    owner_id: OwnerId
    content_type: Annotated[str, Meta(max_length=100)]
    size: Annotated[int, Meta(ge=1)]


class Upload(Struct, frozen=True):
    """Where to PUT the file, with exactly these headers; then the upload is to be completed.

    The bucket takes it once: another PUT gets 412, so the body cannot be swapped.
    """

    id: UUID
    url: str
    headers: dict[str, str]
    expires_in: int


class Media(Struct, frozen=True):
    """A file. `url` and `thumbnail` are good for 15 minutes."""

    id: UUID
    owner_kind: OwnerKind
    owner_id: str
    content_type: str
    size: int
    status: Status
    created_at: datetime
    reason: str | None = None
    width: int | None = None
    height: int | None = None
    url: str | None = None
    thumbnail: str | None = None


class MediaPage(Struct, frozen=True):
    """The published files of an owner; one hundred at the most."""

    media: list[Media]


class MediaState(Struct, frozen=True):
    """A file, as another service reads it; `user_id` uploaded it."""

    id: UUID
    user_id: str
    owner_kind: OwnerKind
    owner_id: str
    status: Status


class MediaClient:
    """The media service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def media(self, media: UUID) -> MediaState:
        """Return a file; CallRefused 404 when there is none."""
        return await self._peer.ask("GET", f"/v1/internal/media/{media}", operation="read", answer=MediaState)

    async def forget(self, user_id: str) -> None:
        """Delete all files of a user; again, it changes nothing."""
        path = f"/v1/internal/media-users/{quote(user_id, safe='')}"
        await self._peer.ask("DELETE", path, operation="forget", answer=type(None), key=f"forget:{user_id}")
