"""The description of the payments service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Call, Postgres, Route, Service
from stead.services.payments.settings import PaymentsSettings

Operation = Literal["refund", "read", "forget"]

ORGANIZER = ("organizer", "admin")
ADMIN = ("admin",)
PROVIDER_TIMEOUT = 12.0  # seconds: a payment begins with a call of the provider

# An API token neither pays nor pays back (scope=None): who stole one could otherwise spend with it.
ROUTES = (
    Route.user("POST", "/v1/payments", scope=None, timeout=PROVIDER_TIMEOUT),
    Route.user("GET", "/v1/payments"),
    Route.user("GET", "/v1/payments/{payment_id}"),
    Route.user("PUT", "/v1/payments/{payment_id}/proof", scope=None),
    Route.user("POST", "/v1/payments/{payment_id}/decision", roles=ORGANIZER, scope=None),
    Route.user("POST", "/v1/payments/{payment_id}/refunds", roles=ORGANIZER, scope=None),
    Route.user("GET", "/v1/payments/{payment_id}/refunds"),
    Route.user("POST", "/v1/refunds/{refund_id}/settlement", roles=ORGANIZER, scope=None),
    Route.user("GET", "/v1/balances", roles=ADMIN),
    Route.public("POST", "/v1/webhooks/{provider}"),
    Route.service("GET", "/v1/internal/payments/{payment_id}", "read"),
    Route.service("POST", "/v1/internal/payments/{payment_id}/refunds", "refund"),
    Route.service("DELETE", "/v1/internal/payment-users/{user_id}", "forget"),
)


def service(name: str = "payments", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return a payments service; it needs a PostgreSQL database, and a call to an events service.

    That call is for `read`, `confirm` and `revoke`: `Call(lambda: events, ("read", "confirm", "revoke"), because=…)`,
    where the events service in its turn orders refunds here. Payment by QR code needs a call to a media service for
    `read`, where the proofs are.
    """
    return Service(
        name,
        app="stead.services.payments.app:create",
        settings=PaymentsSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="payments",
        invariants="stead.services.payments.replay:replay",
        addresses={"events": "EVENTS_SERVICE_URL", "media": "MEDIA_SERVICE_URL"},
    )
