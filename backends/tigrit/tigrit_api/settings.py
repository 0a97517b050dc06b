"""What the mini app's API is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class ApiSettings(DatabaseSettings):
    """Whom it asks."""

    auth_service_url: str = var(help="Where it is asked who somebody is.")
    auth_service_name: str = var(default="auth-service", help="The name of that service.")
    sessions_service_url: str = var(help="Where sessions are listed and ended.")
    sessions_service_name: str = var(default="sessions-service", help="The name of that service.")
