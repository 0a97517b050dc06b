"""The description of the media service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Bucket, Call, Postgres, Route, Service
from stead.services.media.settings import MediaSettings

Operation = Literal["read", "forget"]

ROUTES = (
    Route.user("POST", "/v1/media", scope=None),
    Route.user("GET", "/v1/media/{media_id}"),
    Route.user("DELETE", "/v1/media/{media_id}", scope=None),
    Route.user("POST", "/v1/media/{media_id}/completion", scope=None),
    Route.public("GET", "/v1/galleries/{owner_kind}/{owner_id}"),
    Route.service("GET", "/v1/internal/media/{media_id}", "read"),
    Route.service("DELETE", "/v1/internal/media-users/{user_id}", "forget"),
)


def service(name: str = "media", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return a media service; it needs a PostgreSQL database and a bucket of its own.

    With calls for `read` to an events and a payments service it knows who owns an event, and whose a payment is.
    """
    return Service(
        name,
        app="stead.services.media.app:create",
        settings=MediaSettings,
        needs=[Postgres(), Bucket(parts={"public": "BUCKET_PUBLIC_URL"})],
        calls=calls,
        routes=ROUTES,
        contract="media",
        addresses={"events": "EVENTS_SERVICE_URL", "payments": "PAYMENTS_SERVICE_URL"},
    )
