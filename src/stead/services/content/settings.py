"""The settings of the content service."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class ContentSettings(DatabaseSettings):
    """The points of a registration, and the time of an offer."""

    points_service_url: str | None = var(default=None, help="The URL of the points service; empty: no points.")
    points_service_name: str = var(default="points-service", help="The name of that service.")
    content_registration_points: int = var(default=10, minimum=1, help="Points for a registration.")
    content_offer_seconds: int = var(default=86_400, minimum=1, help="How long a seat is offered to a waiting user.")
