"""What the sessions service is told: the same in either store, and where the store is."""

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
    session_idle_seconds: int = var(default=7 * DAY, minimum=1, help="An unused session ends after so many seconds.")
    session_absolute_seconds: int = var(default=30 * DAY, minimum=1, help="Any session ends after so many seconds.")
    session_grace_seconds: int = var(default=10, minimum=0, help="How long a rotated session is still valid.")
    session_access_seconds: int = var(default=60, minimum=1, help="The life of an access token: 300 at the most.")
    access_token_audience: str = var(default="api", help="The `aud` of access tokens.")
    session_key_seconds: int = var(default=7 * DAY, minimum=600, help="How long one key signs access tokens.")
    secrets_service_url: str | None = var(default=None, help="Where SESSION_SIGNING_KEY is read when it is not set.")
    secrets_service_name: str = var(default="secrets-service", help="The name of that service.")

    def validate(self) -> None:
        """Raise SettingsError for what only several settings together tell."""
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

    redis_url: str = secret(help="Where sessions are kept: a redis:// URL.")
    redis_pool: int = var(default=16, minimum=1, help="Connections that one process holds at the most.")


class PostgresSessionSettings(SessionSettings, DatabaseSettings):
    """Sessions in PostgreSQL."""
