"""Assemble the crews service."""

from litestar.types import ASGIApp

from stead.kit import idempotency
from stead.kit.app import service_app
from stead.kit.caller import Credentials
from stead.kit.database import Database
from stead.kit.idempotency import Idempotency
from stead.kit.migrations import Migrations
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from stead.services.crews.board import Boards
from stead.services.crews.routes import HANDLERS
from stead.services.crews.service import ROUTES
from stead.services.crews.settings import CrewsSettings
from stead.services.events.contract import EventsClient

MIGRATIONS = (idempotency.MIGRATIONS, Migrations.beside(__file__, "crews"))


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = read(CrewsSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    events = ServiceClient(settings.events_service_name, settings.events_service_url, Credentials.of(settings))
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, events, idempotency.sweep(database)],
        provide={
            "database": database,
            "boards": Boards(database, EventsClient(events)),
            "idempotency": Idempotency(database),
        },
    )
