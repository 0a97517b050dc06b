"""Assemble the content service."""

from datetime import timedelta

from litestar.types import ASGIApp

from stead.kit import idempotency, outbox
from stead.kit.app import service_app
from stead.kit.caller import Credentials
from stead.kit.database import Database
from stead.kit.idempotency import Idempotency
from stead.kit.migrations import Migrations
from stead.kit.outbox import Outbox
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from stead.services.content.articles import Library
from stead.services.content.delivery import Delivery
from stead.services.content.events import EventStore
from stead.services.content.expired_offers import sweep
from stead.services.content.places import Atlas
from stead.services.content.registrations import Registrations
from stead.services.content.rewards import AWARD, REVERSE, AwardDue, ReversalDue, Rewards
from stead.services.content.roster import Roster
from stead.services.content.routes import HANDLERS
from stead.services.content.seating import SeatMap
from stead.services.content.service import ROUTES
from stead.services.content.settings import ContentSettings
from stead.services.points.contract import PointsClient

MIGRATIONS = (idempotency.MIGRATIONS, outbox.MIGRATIONS, Migrations.beside(__file__, "content"))


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = read(ContentSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    peer = _points(settings)
    box = _outbox(database, Delivery(database, PointsClient(peer))) if peer else None
    hall = SeatMap(
        Rewards(box, settings.content_registration_points), timedelta(seconds=settings.content_offer_seconds)
    )
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, *(part for part in (peer, box) if part), sweep(database, hall), idempotency.sweep(database)],
        provide={
            "library": Library(database),
            "atlas": Atlas(database),
            "programme": EventStore(database, hall),
            "registrations": Registrations(database, hall),
            "roster": Roster(database, hall),
            "idempotency": Idempotency(database),
        },
    )


def _points(settings: ContentSettings) -> ServiceClient | None:
    url = settings.points_service_url
    return ServiceClient(settings.points_service_name, url, Credentials.of(settings)) if url else None


def _outbox(database: Database, delivery: Delivery) -> Outbox:
    return Outbox(database, handlers={AWARD: (AwardDue, delivery.award), REVERSE: (ReversalDue, delivery.reverse)})
