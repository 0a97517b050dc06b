"""What goes over the wire to and from the content service.

Errors, by code: 404 `unknown_article`, `unknown_event`, `unknown_registration`, `unknown_country`, `unknown_city`,
`unknown_place`; 409 `event_started`, `capacity_taken`,
`no_free_seat`; 412 `changed_meanwhile`; 422 `invalid_slug`, `invalid_cursor`.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from stead.kit.display_text import DISPLAY_TEXT
from stead.kit.user import UserId

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=DISPLAY_TEXT)]
# PostgreSQL stores no NUL.
Text = Annotated[str, Meta(max_length=200_000, pattern=r"^(?![\s\S]*\x00)")]
Moment = Annotated[datetime, Meta(tz=True)]
Capacity = Annotated[int, Meta(ge=1, le=1_000_000)]


Promotion = Literal["automatic", "offer", "manual"]
Status = Literal["registered", "offered", "waitlisted"]
Points = Literal["pending", "awarded"]

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class ArticleDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """An editor's article, which is replaced as a whole."""

    title: Line
    body: Text
    published: bool = False


class Article(Struct, frozen=True):
    """An article. `published_at` is the first time that it was published."""

    slug: str
    title: str
    body: str
    published: bool
    updated_at: datetime
    published_at: datetime | None = None


class ArticleLine(Struct, frozen=True):
    """An article in the list."""

    slug: str
    title: str
    published_at: datetime


class Articles(Struct, frozen=True):
    """Published articles, newest first; `next` goes into `after` for the following page."""

    articles: list[ArticleLine]
    next: str | None = None


class EventDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """An event draft of an editor.

    promotion  what becomes of a freed seat: `automatic` registers the next in line at once; `offer` holds the seat for
               them for a while, until they take it by registering again; `manual` leaves it to an editor
    """

    title: Line
    starts_at: Moment
    capacity: Capacity
    description: Text = ""
    promotion: Promotion = "automatic"

    def __post_init__(self) -> None:
        _in_range(self.starts_at)


class EventChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The changes of an editor; omitted fields stay."""

    title: Line | UnsetType = UNSET
    starts_at: Moment | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    promotion: Promotion | UnsetType = UNSET

    def __post_init__(self) -> None:
        _in_range(self.starts_at)


class Event(Struct, frozen=True):
    """An event. `waitlisted` counts those in line and those to whom a seat is offered."""

    id: UUID
    title: str
    description: str
    starts_at: datetime
    capacity: int
    registered: int
    waitlisted: int
    promotion: Promotion


class Events(Struct, frozen=True):
    """Events: those to come, soonest first, then the past ones, latest first; `next` goes into `after`."""

    events: list[Event]
    next: str | None = None


class Registration(Struct, frozen=True):
    """A user's registration. `points` is null without an award: on the waiting list, or without a points service."""

    status: Status
    points: Points | None = None


class RegistrationStatus(Struct, frozen=True):
    """The same in full: the place in line from 1, or until when a seat is offered."""

    status: Status
    points: Points | None = None
    position: int | None = None
    offered_until: datetime | None = None


class Attendee(Struct, frozen=True):
    """Where someone stands, as an editor sees it; `since` is when they came."""

    user_id: str
    status: Status
    since: datetime
    points: Points | None = None


class Attendees(Struct, frozen=True):
    """Registered, offered and waiting users in order of arrival; `next` is the value of `after` for the next page."""

    registrations: list[Attendee]
    next: str | None = None


class PromotionOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """The user to promote. Default: the first in line."""

    user_id: UserId | None = None


def _in_range(moment: datetime | UnsetType) -> None:
    """Limit years to a range that clocks, calendars and databases support in any time zone."""
    if isinstance(moment, datetime) and not EARLIEST <= moment < LATEST:
        raise ValueError("`starts_at` must be between 2000 and 2200")


Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class CountryDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A country, as an editor names it."""

    name: Line


class Country(Struct, frozen=True):
    """A country by its code (ISO 3166-1 alpha-2, in small letters), and how many cities it has here."""

    code: str
    name: str
    cities: int


class Countries(Struct, frozen=True):
    """All countries, by name."""

    countries: list[Country]


class CityDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A city, as an editor writes it; `country` is the code of one that is there."""

    country: str
    name: Line


class City(Struct, frozen=True):
    """A city, and how many places it has here."""

    slug: str
    country: str
    name: str
    places: int


class Cities(Struct, frozen=True):
    """All cities of a country, by name."""

    cities: list[City]


class PlaceDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A place, as an editor writes it; it has both coordinates (WGS 84, degrees) or none."""

    city: str
    name: Line
    description: Text = ""
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a place has both `latitude` and `longitude`, or neither")


class Place(Struct, frozen=True):
    """A place of a city."""

    slug: str
    city: str
    name: str
    description: str
    latitude: float | None
    longitude: float | None


class Places(Struct, frozen=True):
    """Places of a city, by slug; `next` goes into `after` for the following page."""

    places: list[Place]
    next: str | None = None
