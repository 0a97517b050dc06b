"""Where a page of a list ended: an opaque word for the reader, the last row's key inside.

The rejected option, page numbers, shows a row twice or never when one is added meanwhile.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from stead.kit.http_problem import HttpProblem
from stead.services.content.contract import Moment

FAR = datetime(9999, 1, 1, tzinfo=UTC)
FIRST_ID = UUID(int=0)


class AfterArticle(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last article of a page; its default is before all."""

    at: Moment = FAR
    slug: Annotated[str, Meta(pattern=r"^[a-z0-9-]*$")] = ""


class AfterEvent(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last event of a page. `seen` is when the first page was read: what was to come then stays among those."""

    seen: Moment
    starts_at: Moment
    id: UUID

    @property
    def past(self) -> bool:
        return self.starts_at < self.seen


Place = TypeVar("Place", AfterArticle, AfterEvent)


def written(place: AfterArticle | AfterEvent) -> str:
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_in(word: str, kind: type[Place]) -> Place:
    """Return what `written` was given; Refusal 422 `invalid_cursor` for anything else."""
    try:
        place = msgspec.json.decode(urlsafe_b64decode(word + "=" * (-len(word) % 4)), type=kind)
    except (ValueError, msgspec.DecodeError) as error:
        raise HttpProblem(422, "invalid_cursor", "`after` must be a `next` that this list gave.") from error
    return place
