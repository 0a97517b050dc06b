"""What goes over the wire to and from the events service, and its typed client.

Prices are whole minor units (kopecks). Times are RFC 3339.

Errors, by code: 403 `not_owner`; 404 `unknown_organizer`, `unknown_event`, `unknown_booking`, `unknown_transfer`; 409
`slug_taken`, `capacity_taken`, `not_editable`, `sales_closed`, `not_offered`, `not_transferable`, `already_booked`,
`event_status`, `not_confirmed`; of a confirmation 409 `booking_ended`, `already_paid`, `wrong_amount`; 422
`invalid_slug`, `invalid_cursor`.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from stead.kit.display_text import DISPLAY_TEXT

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

Title = Annotated[str, Meta(min_length=3, max_length=500, pattern=DISPLAY_TEXT)]
# PostgreSQL stores no NUL.
Text = Annotated[str, Meta(max_length=50_000, pattern=r"^(?![\s\S]*\x00)")]
Moment = Annotated[datetime, Meta(tz=True)]
Capacity = Annotated[int, Meta(ge=1, le=1_000_000)]
Price = Annotated[int, Meta(ge=0, le=100_000_000_00)]
Currency = Annotated[str, Meta(min_length=3, max_length=3, pattern=r"^(?![\s\S]*[^A-Z])")]
Code = Annotated[str, Meta(min_length=1, max_length=200)]

EventStatus = Literal["draft", "published", "completed", "cancelled"]
BookingStatus = Literal["waiting", "offered", "pending", "confirmed", "expired", "cancelled", "completed", "no_show"]
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class OrganizerDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """An organizer's page, as its owner writes it."""

    title: Title
    description: Text = ""


class Organizer(Struct, frozen=True):
    """An organizer's page."""

    slug: str
    title: str
    description: str


class Organizers(Struct, frozen=True):
    """Organizers by slug; `next` goes into `after` for the following page."""

    organizers: list[Organizer]
    next: str | None = None


class EventDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """An event, as its organizer announces it; it is a draft until it is published."""

    organizer: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^(?![\s\S]*[^a-z0-9-])")]
    title: Title
    starts_at: Moment
    ends_at: Moment
    capacity: Capacity
    price: Price = 0
    currency: Currency = "RUB"
    description: Text = ""

    def __post_init__(self) -> None:
        check_times(self.starts_at, self.ends_at)


class EventChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The changes; omitted fields stay. Of a published event only the capacity can change."""

    title: Title | UnsetType = UNSET
    starts_at: Moment | UnsetType = UNSET
    ends_at: Moment | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    price: Price | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    description: Text | UnsetType = UNSET


class Event(Struct, frozen=True):
    """An event. `free` counts the seats that are neither booked, held nor offered."""

    id: UUID
    organizer: str
    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    status: EventStatus
    price: int
    currency: str
    capacity: int
    confirmed: int
    free: int
    waiting: int


class Events(Struct, frozen=True):
    """Events to come, soonest first; `next` goes into `after` for the following page."""

    events: list[Event]
    next: str | None = None


class Booking(Struct, frozen=True):
    """A booking. `until` is when a hold or an offer ends; `position` counts from 1 in the waiting list."""

    id: UUID
    event_id: UUID
    user_id: str
    status: BookingStatus
    price: int
    currency: str
    created_at: datetime
    until: datetime | None = None
    position: int | None = None
    reason: str | None = None


class Bookings(Struct, frozen=True):
    """Bookings; `next` goes into `after` for the following page."""

    bookings: list[Booking]
    next: str | None = None


class Transfer(Struct, frozen=True):
    """A code that transfers the booking to the user who presents it, once. Only this response contains it."""

    code: str
    until: datetime


class TransferUse(Struct, frozen=True, forbid_unknown_fields=True):
    """The code of a transfer."""

    code: Code


class AuditEntry(Struct, frozen=True):
    """An entry of the history: actor, action and time."""

    actor: str
    action: str
    at: datetime
    booking_id: UUID | None = None


class AuditEntries(Struct, frozen=True):
    """The audit log of an event, oldest first; `next` goes into `after` for the following page."""

    entries: list[AuditEntry]
    next: str | None = None


class BookingState(Struct, frozen=True):
    """A booking, as another service reads it; `owner` is the user who owns the organizer's page."""

    id: UUID
    event_id: UUID
    user_id: str
    status: BookingStatus
    price: int
    currency: str
    title: str
    owner: str
    until: datetime | None = None


class EventState(Struct, frozen=True):
    """An event, as another service reads it."""

    id: UUID
    title: str
    status: EventStatus
    starts_at: datetime
    owner: str


class OrganizerState(Struct, frozen=True):
    """An organizer's page, as another service reads it."""

    slug: str
    title: str
    owner: str


class Confirmation(Struct, frozen=True, forbid_unknown_fields=True):
    """The payment that was received for a booking."""

    payment_id: UUID
    amount: Annotated[int, Meta(ge=0)]
    currency: Currency


class Revocation(Struct, frozen=True, forbid_unknown_fields=True):
    """The payment that failed after it had confirmed the booking."""

    payment_id: UUID


class EventsClient:
    """The events service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def event(self, event: UUID) -> EventState:
        """Return an event; CallRefused 404 when there is none."""
        return await self._peer.ask("GET", f"/v1/internal/events/{event}", operation="read", answer=EventState)

    async def organizer(self, slug: str) -> OrganizerState:
        """Return an organizer's page; CallRefused 404 when there is none."""
        path = f"/v1/internal/organizers/{quote(slug, safe='')}"
        return await self._peer.ask("GET", path, operation="read", answer=OrganizerState)

    async def booking(self, booking: UUID) -> BookingState:
        """Return a booking; CallRefused 404 when there is none."""
        return await self._peer.ask("GET", f"/v1/internal/bookings/{booking}", operation="read", answer=BookingState)

    async def confirm(self, booking: UUID, confirmation: Confirmation) -> BookingState:
        """Confirm a booking by its payment; the same payment again gets the same answer.

        CallRefused 409 when the payment buys no seat: it is to be paid back.
        """
        path, key = f"/v1/internal/bookings/{booking}/confirmation", f"confirm:{confirmation.payment_id}"
        return await self._peer.ask("POST", path, operation="confirm", body=confirmation, answer=BookingState, key=key)

    async def revoke(self, booking: UUID, payment: UUID) -> BookingState:
        """Cancel a booking whose payment failed after all."""
        path, body = f"/v1/internal/bookings/{booking}/revocation", Revocation(payment)
        key = f"revoke:{payment}"
        return await self._peer.ask("POST", path, operation="revoke", body=body, answer=BookingState, key=key)

    async def forget(self, user_id: str) -> None:
        """Cancel a user's bookings and delete what names the user."""
        path = f"/v1/internal/event-users/{quote(user_id, safe='')}"
        await self._peer.ask("DELETE", path, operation="forget", answer=type(None), key=f"forget:{user_id}")


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Limit years to a range that clocks, calendars and databases support in any time zone."""
    if not EARLIEST <= starts_at < LATEST or not EARLIEST <= ends_at < LATEST:
        raise ValueError("`starts_at` and `ends_at` must be between 2000 and 2200")
    if ends_at <= starts_at:
        raise ValueError("`ends_at` must be after `starts_at`")
