"""The settings of the events service."""

from stead.kit.settings import DatabaseSettings
from stead.model import var

HALF_AN_HOUR = 1800


class EventsSettings(DatabaseSettings):
    """The times of holds and offers, and the services that get messages about bookings."""

    events_hold_seconds: int = var(
        default=HALF_AN_HOUR, minimum=1, help="The time for which a seat is held for its payment."
    )
    events_offer_seconds: int = var(default=HALF_AN_HOUR, minimum=1, help="The time for which a freed seat is offered.")
    events_transfer_seconds: int = var(default=86_400, minimum=1, help="The lifetime of a transfer code.")
    events_sweep_seconds: float = var(default=15.0, help="Seconds between two searches for holds that have ended.")
    payments_service_url: str | None = var(default=None, help="The URL of the payments service, for refunds; optional.")
    payments_service_name: str = var(default="payments", help="The name of that service.")
    crews_service_url: str | None = var(default=None, help="The URL of the crews service, to free places; optional.")
    crews_service_name: str = var(default="crews", help="The name of that service.")
    notifications_service_url: str | None = var(default=None, help="The URL of the notifications service; optional.")
    notifications_service_name: str = var(default="notifications", help="The name of that service.")
