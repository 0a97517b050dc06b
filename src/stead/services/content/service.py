"""The description of the content service."""

from collections.abc import Sequence

from stead.model import Call, Postgres, Route, Service
from stead.services.content.settings import ContentSettings

EDITOR = ("editor",)

ROUTES = (
    Route.public("GET", "/v1/articles"),
    Route.public("GET", "/v1/articles/{slug}"),
    Route.user("PUT", "/v1/articles/{slug}", roles=EDITOR),
    Route.public("GET", "/v1/countries"),
    Route.user("PUT", "/v1/countries/{code}", roles=EDITOR),
    Route.public("GET", "/v1/countries/{code}/cities"),
    Route.user("PUT", "/v1/cities/{slug}", roles=EDITOR),
    Route.public("GET", "/v1/cities/{city}/places"),
    Route.public("GET", "/v1/places/{slug}"),
    Route.user("PUT", "/v1/places/{slug}", roles=EDITOR),
    Route.public("GET", "/v1/events"),
    Route.public("GET", "/v1/events/{event_id}"),
    Route.user("POST", "/v1/events", roles=EDITOR),
    Route.user("PATCH", "/v1/events/{event_id}", roles=EDITOR),
    Route.user("GET", "/v1/events/{event_id}/registrations", roles=EDITOR),
    Route.user("POST", "/v1/events/{event_id}/registrations"),
    Route.user("GET", "/v1/events/{event_id}/registrations/me"),
    Route.user("DELETE", "/v1/events/{event_id}/registrations/me"),
    Route.user("POST", "/v1/events/{event_id}/promotions", roles=EDITOR),
)


def service(name: str = "content-service", *, calls: Sequence[Call] = ()) -> Service[str]:
    """Return a content service; it needs a PostgreSQL database of its own.

    With a call to a points service, for `award` and `reverse`, a registration earns points and a cancellation gives
    them back.
    """
    return Service(
        name,
        app="stead.services.content.app:create",
        settings=ContentSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="content",
        addresses={"points": "POINTS_SERVICE_URL"},
    )
