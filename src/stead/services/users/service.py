"""The description of the users service."""

from collections.abc import Sequence

from stead.model import Call, Postgres, Route, Service
from stead.services.users.settings import UsersSettings

ADMIN = ("admin",)

# An API token neither changes an account nor deletes it (scope=None).
ROUTES = (
    Route.public("POST", "/v1/sign-up"),
    Route.public("POST", "/v1/sign-in"),
    Route.public("POST", "/v1/sign-in/links"),
    Route.public("POST", "/v1/sign-in/link"),
    Route.public("POST", "/v1/sign-in/telegram"),
    Route.public("POST", "/v1/recovery"),
    Route.public("POST", "/v1/recovery/password"),
    Route.user("POST", "/v1/sign-out", scope=None),
    Route.user("GET", "/v1/profile"),
    Route.user("PUT", "/v1/profile", scope=None),
    Route.user("DELETE", "/v1/profile", scope=None),
    Route.user("PUT", "/v1/profile/password", scope=None),
    Route.user("GET", "/v1/profile/export", scope=None),
    Route.user("GET", "/v1/accounts", roles=ADMIN),
    Route.user("PUT", "/v1/accounts/{user_id}/roles", roles=ADMIN, scope=None),
    Route.user("GET", "/v1/accounts/{user_id}/audit", roles=ADMIN),
    Route.user("GET", "/v1/accounts/{user_id}/deletion", roles=ADMIN),
)


def service(name: str = "users", *, calls: Sequence[Call] = ()) -> Service[str]:
    """Return a users service; it needs a PostgreSQL database of its own.

    It calls a sessions service for `create`, `exchange`, `list` and `invalidate`, and a notifications service for
    `send`, `contact` and `forget`. With a call to an auth service, for `verify`, users sign in by Telegram. With calls
    for `forget` to an events, a payments, a crews and a media service, these delete what they hold of a deleted user.
    """
    return Service(
        name,
        app="stead.services.users.app:create",
        settings=UsersSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="accounts",
        addresses={
            "sessions": "SESSIONS_SERVICE_URL",
            "notifications": "NOTIFICATIONS_SERVICE_URL",
            "auth": "AUTH_SERVICE_URL",
            "events": "EVENTS_SERVICE_URL",
            "payments": "PAYMENTS_SERVICE_URL",
            "crews": "CREWS_SERVICE_URL",
            "media": "MEDIA_SERVICE_URL",
        },
    )
