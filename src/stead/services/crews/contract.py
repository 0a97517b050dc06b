"""What goes over the wire to and from the crews service, and its typed client.

Errors, by code: 403 `not_owner`; 404 `unknown_event`, `unknown_group`, `unknown_booking`, `unknown_assignment`; 409
`name_taken`, `capacity_taken`, `group_full`, `seat_taken`, `not_confirmed`, `too_heavy`, `weight_unknown`.
"""

from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from msgspec import Meta, Struct

from stead.kit.display_text import DISPLAY_TEXT
from stead.kit.user import UserId

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient


Kind = Literal["boat", "tent", "table", "bus"]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=DISPLAY_TEXT)]
Capacity = Annotated[int, Meta(ge=1, le=1000)]
Weight = Annotated[int, Meta(ge=1, le=1000)]
Kilograms = Annotated[int, Meta(ge=1, le=100_000)]


class GroupDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of an event. `weight` is the load that it bears, in kilograms; left out, it does not matter."""

    kind: Kind
    name: Name
    capacity: Capacity
    weight: Kilograms | None = None


class CapacityChange(Struct, frozen=True, forbid_unknown_fields=True):
    """How many seats a group has from now on."""

    capacity: Capacity


class Group(Struct, frozen=True):
    """A group, with its seats from 1 to `capacity`."""

    id: UUID
    kind: Kind
    name: str
    capacity: int
    weight: int | None


class AssignmentDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A booking's place: this seat, or the first free one. A place that it has in that kind of group is given up.

    weight  kilograms; left out, it is what an active place of the booking says. A group that bears only so much takes
            nobody whose weight is unknown
    """

    booking_id: UUID
    group_id: UUID
    seat: Capacity | None = None
    weight: Weight | None = None


class Assignment(Struct, frozen=True):
    """A booking's place in a group."""

    id: UUID
    group_id: UUID
    booking_id: UUID
    user_id: str
    seat: int
    status: Literal["active", "removed", "transferred"]


class Board(Struct, frozen=True):
    """All groups of an event with their users."""

    groups: list[Group]
    assignments: list[Assignment]


class Place(Struct, frozen=True):
    """Where the user is."""

    kind: Kind
    group: str
    seat: int


class Places(Struct, frozen=True):
    """Where the user is: one place for each kind of group at the most."""

    places: list[Place]


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """A user's wishes: other users to be with, or to be apart from."""

    user_id: UserId
    wish: Literal["together", "apart"]


class Preferences(Struct, frozen=True, forbid_unknown_fields=True):
    """All wishes of a user for one event."""

    wishes: Annotated[list[Wish], Meta(max_length=20)]

    def __post_init__(self) -> None:
        if len({each.user_id for each in self.wishes}) < len(self.wishes):
            raise ValueError("a user is in `wishes` more than once")


class AutomaticOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Confirmed bookings that are to get places in the groups of one kind, as far as there are any.

    weights  kilograms by booking; who has none here, and none from another place, gets a place only where it does not
             matter
    """

    kind: Kind
    booking_ids: Annotated[list[UUID], Meta(min_length=1, max_length=500)]
    weights: Annotated[dict[UUID, Weight], Meta(max_length=500)] = {}

    def __post_init__(self) -> None:
        if not self.weights.keys() <= set(self.booking_ids):
            raise ValueError("`weights` names a booking that is not in `booking_ids`")


class CrewsClient:
    """The crews service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def release(self, booking: UUID) -> None:
        """Free the places of a booking in every group; again, it changes nothing."""
        path = f"/v1/internal/crew-bookings/{booking}"
        await self._peer.ask("DELETE", path, operation="release", answer=type(None), key=f"release:{booking}")

    async def forget(self, user_id: str) -> None:
        """Free the places of a user and delete what names the user; again, it changes nothing."""
        path = f"/v1/internal/crew-users/{quote(user_id, safe='')}"
        await self._peer.ask("DELETE", path, operation="forget", answer=type(None), key=f"forget:{user_id}")
