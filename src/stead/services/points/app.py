"""Assemble the points service."""

from litestar.types import ASGIApp

from stead.kit.app import service_app
from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.kit.settings import read
from stead.services.points.coalescer import Coalescer
from stead.services.points.routes import HANDLERS
from stead.services.points.service import ROUTES
from stead.services.points.settings import PointsSettings
from stead.services.points.store import Ledger

MIGRATIONS = (Migrations.beside(__file__, "points"),)


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = read(PointsSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    ledger = Ledger(database, settings.points_velocity_cap, settings.points_velocity_window_seconds)
    coalescer = Coalescer(ledger)
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, coalescer],
        provide={"ledger": ledger, "coalescer": coalescer},
    )
