"""The tenant service, put together."""

from stead.kit import idempotency
from stead.kit.app import Component, service_app
from stead.kit.asgi import ASGIApp
from stead.kit.database import Database
from stead.kit.idempotency import Idempotency
from stead.kit.migrations import Migrations
from stead.kit.settings import read
from tenancy import scope
from tenant_service.default_tenant import DefaultTenant
from tenant_service.members import MemberStore
from tenant_service.routes import HANDLERS
from tenant_service.service import ROUTES
from tenant_service.settings import TenantSettings
from tenant_service.tenants import TenantStore

MIGRATIONS = (idempotency.MIGRATIONS, scope.MIGRATIONS, Migrations.beside(__file__, "tenants"))


def create() -> ASGIApp:
    settings = read(TenantSettings)
    database = Database(settings.tenant_database_url, migrations=MIGRATIONS, size=settings.database_pool)
    store = TenantStore(database)
    parts: list[Component] = [database, idempotency.sweep(database)]
    if settings.tenant_default_owner:
        parts.append(DefaultTenant(database, store, settings.tenant_default_name, settings.tenant_default_owner))
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=parts,
        provide={"store": store, "people": MemberStore(database), "idempotency": Idempotency(database)},
    )
