"""The description of the auth service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Call, Postgres, Route, Service
from stead.services.auth.settings import AuthSettings

Operation = Literal["verify"]

ROUTES = (
    Route.public("POST", "/v1/webhooks/clerk"),
    Route.user("GET", "/v1/me"),
    Route.service("POST", "/v1/verify", "verify"),
)


def service(name: str = "auth-service", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return an auth service; it needs a PostgreSQL database of its own.

    With a call to a points service (`award`) a sign-up earns welcome points; with one to a referral service
    (`attribute`) a referral code in the sign-up is resolved and both sides are awarded.
    """
    return Service(
        name,
        app="stead.services.auth.app:create",
        settings=AuthSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="auth",
        addresses={"points": "POINTS_SERVICE_URL", "referrals": "REFERRAL_SERVICE_URL"},
    )
