"""The architecture repository, put together."""

from arch_repo.access import Access
from arch_repo.repository import Repository
from arch_repo.routes import HANDLERS
from arch_repo.service import ROUTES
from arch_repo.settings import RepositorySettings
from stead.kit import idempotency
from stead.kit.app import service_app
from stead.kit.asgi import ASGIApp
from stead.kit.caller import Credentials
from stead.kit.database import Database
from stead.kit.idempotency import Idempotency
from stead.kit.migrations import Migrations
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from tenancy import scope
from tenant_service.contract import TenantsClient

MIGRATIONS = (idempotency.MIGRATIONS, scope.MIGRATIONS, Migrations.beside(__file__, "repository"))


def create() -> ASGIApp:
    settings = read(RepositorySettings)
    database = Database(settings.project_database_url, migrations=MIGRATIONS, size=settings.database_pool)
    tenants = ServiceClient(settings.tenant_service_name, settings.tenant_service_url, Credentials.of(settings))
    access = Access(TenantsClient(tenants), settings.membership_seconds)
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, tenants, idempotency.sweep(database)],
        provide={"repository": Repository(database, access, Idempotency(database))},
    )
