"""What the game is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class GameSettings(DatabaseSettings):
    """Whom the game asks."""

    auth_service_url: str = var(help="Where it is asked who somebody is.")
    auth_service_name: str = var(default="auth-service", help="The name of that service.")
    sessions_service_url: str = var(help="The URL of the sessions service.")
    sessions_service_name: str = var(default="sessions-service", help="The name of that service.")
    secrets_service_url: str = var(help="Where the key of invitations is read.")
    secrets_service_name: str = var(default="secrets-service", help="The name of that service.")
