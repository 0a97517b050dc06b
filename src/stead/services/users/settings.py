"""What the users service is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class UsersSettings(DatabaseSettings):
    """Where sessions begin, and whom the service tells."""

    sessions_service_url: str = var(help="Where sessions begin and end.")
    sessions_service_name: str = var(default="sessions", help="The name of that service.")
    notifications_service_url: str = var(help="Where links and codes are sent from.")
    notifications_service_name: str = var(default="notifications", help="The name of that service.")
    auth_service_url: str | None = var(default=None, help="Where Telegram's initData is verified; or nowhere.")
    auth_service_name: str = var(default="auth-service", help="The name of that service.")
    events_service_url: str | None = var(default=None, help="Where a deleted user's bookings end; or nowhere.")
    events_service_name: str = var(default="events", help="The name of that service.")
    payments_service_url: str | None = var(default=None, help="Where a deleted user's name is deleted; or nowhere.")
    payments_service_name: str = var(default="payments", help="The name of that service.")
    crews_service_url: str | None = var(default=None, help="Where a deleted user's places end; or nowhere.")
    crews_service_name: str = var(default="crews", help="The name of that service.")
    media_service_url: str | None = var(default=None, help="Where a deleted user's files are deleted; or nowhere.")
    media_service_name: str = var(default="media", help="The name of that service.")
    users_link_url: str = var(default="http://localhost:3000/sign-in", help="The page of sign-in links.")
    users_admins: tuple[str, ...] = var(default=(), help="E-mail addresses whose owners are admins once verified.")
    users_tries: int = var(default=10, minimum=1, help="Tries on one address within 15 minutes.")
