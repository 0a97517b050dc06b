"""What the architecture repository is told."""

from stead.kit.settings import ServiceSettings
from stead.model import secret, var


class RepositorySettings(ServiceSettings):
    """Whom it asks who belongs to a tenant, and how long it believes the answer."""

    project_database_url: str = secret(help="The database of models: a postgresql:// URL.")
    database_pool: int = var(default=8, minimum=1, help="The most connections of one process.")
    tenant_service_url: str = var(help="Where it is asked who belongs to a tenant.")
    tenant_service_name: str = var(default="tenant-service", help="The name of that service.")
    membership_seconds: float = var(default=5.0, help="How long an answer about a membership is believed.")
