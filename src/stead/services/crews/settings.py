"""What the crews service is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class CrewsSettings(DatabaseSettings):
    """Where events and bookings are read."""

    events_service_url: str = var(help="Where events and bookings are read.")
    events_service_name: str = var(default="events", help="The name of that service.")
