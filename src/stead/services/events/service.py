"""The description of the events service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Call, Postgres, Route, Service
from stead.services.events.settings import EventsSettings

Operation = Literal["read", "confirm", "revoke", "forget"]

ORGANIZER = ("organizer", "admin")

ROUTES = (
    Route.public("GET", "/v1/organizers"),
    Route.public("GET", "/v1/organizers/{slug}"),
    Route.public("GET", "/v1/organizers/{slug}/calendar"),
    Route.user("PUT", "/v1/organizers/{slug}", roles=ORGANIZER),
    Route.public("GET", "/v1/events"),
    Route.public("GET", "/v1/events/{event_id}"),
    Route.user("POST", "/v1/events", roles=ORGANIZER),
    Route.user("PATCH", "/v1/events/{event_id}", roles=ORGANIZER),
    Route.user("POST", "/v1/events/{event_id}/publication", roles=ORGANIZER),
    Route.user("POST", "/v1/events/{event_id}/completion", roles=ORGANIZER),
    Route.user("POST", "/v1/events/{event_id}/cancellation", roles=ORGANIZER),
    Route.user("GET", "/v1/events/{event_id}/bookings", roles=ORGANIZER),
    Route.user("GET", "/v1/events/{event_id}/export", roles=ORGANIZER, streams=True),
    Route.user("GET", "/v1/events/{event_id}/audit", roles=ORGANIZER),
    Route.user("POST", "/v1/events/{event_id}/bookings"),
    Route.user("PUT", "/v1/events/{event_id}/favourite"),
    Route.user("DELETE", "/v1/events/{event_id}/favourite"),
    Route.user("GET", "/v1/favourites"),
    Route.user("GET", "/v1/bookings"),
    Route.user("GET", "/v1/bookings/{booking_id}"),
    Route.user("DELETE", "/v1/bookings/{booking_id}"),
    Route.user("POST", "/v1/bookings/{booking_id}/acceptance"),
    Route.user("POST", "/v1/bookings/{booking_id}/transfers"),
    Route.user("POST", "/v1/bookings/{booking_id}/no-show", roles=ORGANIZER),
    Route.user("POST", "/v1/transfers"),
    Route.service("GET", "/v1/internal/events/{event_id}", "read"),
    Route.service("GET", "/v1/internal/organizers/{slug}", "read"),
    Route.service("GET", "/v1/internal/bookings/{booking_id}", "read"),
    Route.service("POST", "/v1/internal/bookings/{booking_id}/confirmation", "confirm"),
    Route.service("POST", "/v1/internal/bookings/{booking_id}/revocation", "revoke"),
    Route.service("DELETE", "/v1/internal/event-users/{user_id}", "forget"),
)


def service(name: str = "events", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return an events service; it needs a PostgreSQL database of its own.

    With a call to a payments service, for `refund`, a cancelled booking is paid back; with one to a crews service, for
    `release`, it frees its places; with one to a notifications service, for `send`, users are told.
    """
    return Service(
        name,
        app="stead.services.events.app:create",
        settings=EventsSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="events",
        invariants="stead.services.events.replay:replay",
        addresses={
            "payments": "PAYMENTS_SERVICE_URL",
            "crews": "CREWS_SERVICE_URL",
            "notifications": "NOTIFICATIONS_SERVICE_URL",
        },
    )
