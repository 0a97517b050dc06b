"""Assemble the media service."""

from litestar.types import ASGIApp

from stead.kit import outbox
from stead.kit.app import service_app
from stead.kit.caller import Credentials
from stead.kit.component import Component
from stead.kit.database import Database
from stead.kit.live_setting import LiveSetting
from stead.kit.migrations import Migrations
from stead.kit.periodic_task import PeriodicTask
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from stead.services.events.contract import EventsClient
from stead.services.media.library import Library, Limits
from stead.services.media.owners import Owners
from stead.services.media.routes import HANDLERS
from stead.services.media.service import ROUTES
from stead.services.media.settings import MediaSettings
from stead.services.media.store import Store
from stead.services.payments.contract import PaymentsClient

MIGRATIONS = (outbox.MIGRATIONS, Migrations.beside(__file__, "media"))


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = read(MediaSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    store = Store(LiveSetting.of(settings, "bucket_url"), settings.bucket_public_url)
    events = _peer(settings, settings.events_service_name, settings.events_service_url)
    payments = _peer(settings, settings.payments_service_name, settings.payments_service_url)
    owners = Owners(EventsClient(events) if events else None, PaymentsClient(payments) if payments else None)
    limits = Limits(
        settings.media_largest, settings.media_quota, settings.media_unfinished_seconds, settings.media_proof_days
    )
    library = Library(database, store, owners, limits)
    peers: list[Component] = [peer for peer in (events, payments) if peer]
    sweep = PeriodicTask("old media", library.sweep, settings.media_sweep_seconds)
    parts = [database, *peers, store, library.outbox, sweep]
    return service_app(settings, routes=ROUTES, handlers=HANDLERS, parts=parts, provide={"library": library})


def _peer(settings: MediaSettings, name: str, url: str | None) -> ServiceClient | None:
    return ServiceClient(name, url, Credentials.of(settings)) if url else None
