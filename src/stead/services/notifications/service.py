"""The description of the notifications service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Call, Postgres, Route, Service
from stead.services.notifications.settings import NotificationsSettings

Operation = Literal["send", "contact", "forget"]

ADMIN = ("admin",)

ROUTES = (
    Route.service("POST", "/v1/internal/notifications", "send"),
    Route.service("PUT", "/v1/internal/contacts/{user_id}", "contact"),
    Route.service("DELETE", "/v1/internal/contacts/{user_id}", "forget"),
    Route.public("POST", "/v1/telegram/updates"),
    Route.public("POST", "/v1/unsubscriptions/{token}"),
    Route.user("GET", "/v1/notifications/settings"),
    Route.user("PUT", "/v1/notifications/settings"),
    Route.user("POST", "/v1/notifications/telegram-links", scope=None),
    Route.user("GET", "/v1/notifications/templates/{kind}", roles=ADMIN),
    Route.user("GET", "/v1/notifications/dead-letters", roles=ADMIN),
    Route.user("POST", "/v1/notifications/dead-letters/{message_id}/retry", roles=ADMIN),
)


def service(name: str = "notifications", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return a notifications service; it needs a PostgreSQL database of its own."""
    return Service(
        name,
        app="stead.services.notifications.app:create",
        settings=NotificationsSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="notifications",
    )
