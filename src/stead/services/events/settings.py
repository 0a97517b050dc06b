"""What the events service is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import var

HALF_AN_HOUR = 1800


class EventsSettings(DatabaseSettings):
    """How long a seat is held, and whom the service tells of what happens to bookings."""

    events_hold_seconds: int = var(default=HALF_AN_HOUR, minimum=1, help="How long a seat is held for its payment.")
    events_offer_seconds: int = var(default=HALF_AN_HOUR, minimum=1, help="How long a freed seat is offered.")
    events_transfer_seconds: int = var(default=86_400, minimum=1, help="How long a transfer code can be used.")
    events_sweep_seconds: float = var(default=15.0, help="Seconds between two searches for holds that have ended.")
    payments_service_url: str | None = var(default=None, help="Where refunds are ordered; without it, nowhere.")
    payments_service_name: str = var(default="payments", help="The name of that service.")
    crews_service_url: str | None = var(default=None, help="Where a cancelled booking frees its places; or nowhere.")
    crews_service_name: str = var(default="crews", help="The name of that service.")
    notifications_service_url: str | None = var(default=None, help="Where messages to users are sent from; or nowhere.")
    notifications_service_name: str = var(default="notifications", help="The name of that service.")
