"""What goes over the wire to and from the mini app's API."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct


class Profile(Struct, frozen=True):
    """A user as Tigrit knows them; `sessions` is None while nobody can say how many there are."""

    user_id: str
    interactions: int
    first: datetime | None
    last: datetime | None
    sessions: int | None


class Interaction(Struct, frozen=True):
    """Something that the user said to the bot."""

    text: str
    at: datetime


class Interactions(Struct, frozen=True):
    """Newest first; `next` goes into `before` for the following page."""

    interactions: list[Interaction]
    next: int | None = None


class Check(Struct, frozen=True, forbid_unknown_fields=True):
    """initData that a Mini App wants to have checked before it shows anything."""

    init_data: Annotated[str, Meta(min_length=1, max_length=8192)]

    def __repr__(self) -> str:
        return "Check()"


class Checked(Struct, frozen=True):
    """Whose it is."""

    user_id: str
