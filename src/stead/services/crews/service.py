"""The description of the crews service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Call, Postgres, Route, Service
from stead.services.crews.settings import CrewsSettings

Operation = Literal["release", "forget"]

ORGANIZER = ("organizer", "admin")

ROUTES = (
    Route.user("POST", "/v1/crews/{event_id}/groups", roles=ORGANIZER),
    Route.user("PATCH", "/v1/crews/{event_id}/groups/{group_id}", roles=ORGANIZER),
    Route.user("GET", "/v1/crews/{event_id}/board", roles=ORGANIZER),
    Route.user("POST", "/v1/crews/{event_id}/assignments", roles=ORGANIZER),
    Route.user("POST", "/v1/crews/{event_id}/assignments/automatic", roles=ORGANIZER, timeout=10.0),
    Route.user("DELETE", "/v1/crews/{event_id}/assignments/{assignment_id}", roles=ORGANIZER),
    Route.user("GET", "/v1/crews/{event_id}/mine"),
    Route.user("PUT", "/v1/crews/{event_id}/preferences"),
    Route.service("DELETE", "/v1/internal/crew-bookings/{booking_id}", "release"),
    Route.service("DELETE", "/v1/internal/crew-users/{user_id}", "forget"),
)


def service(name: str = "crews", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return a crews service; it needs a PostgreSQL database, and a call to an events service for `read`."""
    return Service(
        name,
        app="stead.services.crews.app:create",
        settings=CrewsSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="crews",
        invariants="stead.services.crews.replay:replay",
        addresses={"events": "EVENTS_SERVICE_URL"},
    )
