"""The settings of the sessions service: common ones, and those of each store."""

from stead.kit.settings import DatabaseSettings, ServiceSettings, SettingsError
from stead.model import secret, var

DAY = 86_400
LONGEST_ACCESS = 300  # seconds


class SessionSettings(ServiceSettings):
    """How long sessions and access tokens live, and what signs them."""

    session_signing_key: str | None = secret(
        default=None,
        help="Hashes sessions and signs access tokens: 32 bytes or more. Of several, by commas, the first signs.",
        several=",",
    )
    session_idle_seconds: int = var(default=7 * DAY, minimum=1, help="Seconds after which an unused session ends.")
    session_absolute_seconds: int = var(default=30 * DAY, minimum=1, help="Seconds after which any session ends.")
    session_grace_seconds: int = var(default=10, minimum=0, help="The time for which a rotated session is still valid.")
    session_access_seconds: int = var(default=60, minimum=1, help="The lifetime of an access token: at most 300.")
    access_token_audience: str = var(default="api", help="The `aud` of access tokens.")
    session_key_seconds: int = var(default=7 * DAY, minimum=600, help="The time for which one key signs access tokens.")
    secrets_service_url: str | None = var(
        default=None, help="The URL of the secrets service, for SESSION_SIGNING_KEY if it is not set."
    )
    secrets_service_name: str = var(default="secrets-service", help="The name of that service.")

    def validate(self) -> None:
        """Raise SettingsError for contradictory settings."""
        problems = []
        if self.session_signing_key is None and self.secrets_service_url is None:
            problems.append(
                "SESSION_SIGNING_KEY is missing; set it, or declare a call to a secrets service, "
                'vault.may("read", keys=["SESSION_SIGNING_KEY"]), which sets SECRETS_SERVICE_URL.'
            )
        if self.session_access_seconds > LONGEST_ACCESS:
            problems.append(
                f"SESSION_ACCESS_SECONDS is {self.session_access_seconds}; expected {LONGEST_ACCESS} or fewer."
            )
        if problems:
            raise SettingsError(problems)


class RedisSessionSettings(SessionSettings):
    """Sessions in Redis."""

    redis_url: str = secret(help="The Redis of sessions: a redis:// URL.")
    redis_pool: int = var(default=16, minimum=1, help="The most connections of one process.")


class PostgresSessionSettings(SessionSettings, DatabaseSettings):
    """Sessions in PostgreSQL."""
