"""The description of the referral service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Call, Postgres, Route, Service
from stead.services.referrals.settings import ReferralSettings

Operation = Literal["attribute"]

ROUTES = (
    Route.user("GET", "/v1/referrals"),
    Route.user("GET", "/v1/referrals/code"),
    Route.user("POST", "/v1/referrals/code/rotate"),
    Route.user("GET", "/v1/referrals/stats"),
    Route.user("GET", "/v1/referrals/tree"),
    Route.user("POST", "/v1/referrals/claim"),
    Route.service("POST", "/v1/attributions", "attribute"),
    Route.service("POST", "/v1/first-logins", "attribute"),
)


def service(name: str = "referral-service", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return a referral service; it needs a PostgreSQL database of its own and calls nobody by itself."""
    return Service(
        name,
        app="stead.services.referrals.app:create",
        settings=ReferralSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="referrals",
    )
