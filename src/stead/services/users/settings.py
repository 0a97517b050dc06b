"""The settings of the users service."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class UsersSettings(DatabaseSettings):
    """The callees of the users service."""

    sessions_service_url: str = var(help="The URL of the sessions service.")
    sessions_service_name: str = var(default="sessions", help="The name of that service.")
    notifications_service_url: str = var(help="The URL of the notifications service, for links and codes.")
    notifications_service_name: str = var(default="notifications", help="The name of that service.")
    auth_service_url: str | None = var(
        default=None, help="The URL of the auth service, for Telegram's initData; optional."
    )
    auth_service_name: str = var(default="auth-service", help="The name of that service.")
    events_service_url: str | None = var(
        default=None, help="The URL of the events service, to end a deleted user's bookings; optional."
    )
    events_service_name: str = var(default="events", help="The name of that service.")
    payments_service_url: str | None = var(
        default=None, help="The URL of the payments service, to delete a deleted user's data; optional."
    )
    payments_service_name: str = var(default="payments", help="The name of that service.")
    crews_service_url: str | None = var(
        default=None, help="The URL of the crews service, to free a deleted user's places; optional."
    )
    crews_service_name: str = var(default="crews", help="The name of that service.")
    media_service_url: str | None = var(
        default=None, help="The URL of the media service, to delete a deleted user's files; optional."
    )
    media_service_name: str = var(default="media", help="The name of that service.")
    users_link_url: str = var(default="http://localhost:3000/sign-in", help="The page of sign-in links.")
    users_admins: tuple[str, ...] = var(default=(), help="E-mail addresses whose owners are admins once verified.")
    users_tries: int = var(default=10, minimum=1, help="The most attempts for one address within 15 minutes.")
