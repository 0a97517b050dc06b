"""Assemble the referral service."""

from datetime import timedelta

from litestar.types import ASGIApp

from stead.kit import idempotency
from stead.kit.app import service_app
from stead.kit.database import Database
from stead.kit.idempotency import Idempotency
from stead.kit.migrations import Migrations
from stead.kit.settings import read
from stead.services.referrals.routes import HANDLERS
from stead.services.referrals.service import ROUTES
from stead.services.referrals.settings import ReferralSettings
from stead.services.referrals.store import Invitations

MIGRATIONS = (idempotency.MIGRATIONS, Migrations.beside(__file__, "referrals"))


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = read(ReferralSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    window = timedelta(seconds=settings.referral_window_seconds)
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database],
        provide={"invitations": Invitations(database, window), "idempotency": Idempotency(database)},
    )
