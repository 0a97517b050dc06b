"""The settings of the crews service."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class CrewsSettings(DatabaseSettings):
    """The URL of the events service."""

    events_service_url: str = var(help="The URL of the events service.")
    events_service_name: str = var(default="events", help="The name of that service.")
