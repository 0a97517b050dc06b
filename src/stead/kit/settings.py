"""Settings at the environment's edge: what every Python service is told, and how it is read."""

from stead.model import Settings, secret, var

MEBIBYTE = 1_048_576


class ServiceSettings(Settings):
    """What every service made with the kit is told."""

    environment: str = var(default="dev", help="The environment's name, as /health says it.")
    version: str = var(default="dev", help="What was deployed: a commit or a release, as /health says it.")
    service_name: str = var(help="The service's name in the description.")
    port: int = var(default=8000, minimum=0, help="The port to listen on.")
    service_jwt_secret: str | None = secret(default=None, help="Signs this service's calls: a JWK or a shared secret.")
    service_jwt_keys: str | None = var(default=None, help="The public keys of the declared callers: a JWK set.")
    max_body_bytes: int = var(default=MEBIBYTE, minimum=1, help="The largest request body, in bytes.")


class DatabaseSettings(ServiceSettings):
    """What a service with a PostgreSQL database is told."""

    database_url: str = secret(help="The service's own database: a postgresql:// URL.")
    database_pool: int = var(default=8, minimum=1, help="Connections that one process holds at the most.")
