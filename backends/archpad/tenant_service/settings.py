"""What the tenant service is told."""

from stead.kit.settings import ServiceSettings
from stead.model import secret, var


class TenantSettings(ServiceSettings):
    """The tenant that is there from the first start."""

    tenant_database_url: str = secret(help="The database of tenants: a postgresql:// URL.")
    database_pool: int = var(default=8, minimum=1, help="The most connections of one process.")
    tenant_default_name: str = var(default="Default", help="The name of the tenant that is made at the first start.")
    tenant_default_owner: str | None = var(
        default=None, help="The user who owns that tenant, by the `sub` of their tokens; left out: there is none."
    )
