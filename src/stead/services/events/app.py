"""Assemble the events service."""

from datetime import timedelta

from litestar.types import ASGIApp

from stead.kit import idempotency, outbox
from stead.kit.app import service_app
from stead.kit.caller import Credentials
from stead.kit.component import Component
from stead.kit.database import Database
from stead.kit.idempotency import Idempotency
from stead.kit.migrations import Migrations
from stead.kit.outbox import Outbox
from stead.kit.outbox.outbox import Handler
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from stead.services.crews.contract import CrewsClient
from stead.services.events import expiry
from stead.services.events.batches import Batches
from stead.services.events.bookings import Bookings
from stead.services.events.catalogue import Catalogue
from stead.services.events.delivery import Delivery
from stead.services.events.inventory import Inventory
from stead.services.events.listing import Listing
from stead.services.events.messages import NOTIFY, REFUND, RELEASE, Messages, NotificationDue, RefundDue, ReleaseDue
from stead.services.events.metrics import BookingMetrics
from stead.services.events.routes import HANDLERS
from stead.services.events.service import ROUTES
from stead.services.events.settings import EventsSettings
from stead.services.events.transfers import Transfers
from stead.services.notifications.contract import NotificationsClient
from stead.services.payments.contract import PaymentsClient

MIGRATIONS = (idempotency.MIGRATIONS, outbox.MIGRATIONS, Migrations.beside(__file__, "events"))


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = read(EventsSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    peers, handlers = _peers(settings)
    box = Outbox(database, handlers=handlers) if handlers else None
    messages = Messages(box, frozenset(handlers))
    hold, offer = (timedelta(seconds=each) for each in (settings.events_hold_seconds, settings.events_offer_seconds))
    inventory = Inventory(messages, hold=hold, offer=offer)
    bookings = Bookings(inventory)
    catalogue = Catalogue(inventory, bookings)
    parts: list[Component] = [database, *peers, *([box] if box else [])]
    parts += [expiry.periodic(database, catalogue, settings.events_sweep_seconds), idempotency.sweep(database)]
    batches = Batches(database, inventory)
    parts += [BookingMetrics(database), batches]
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=parts,
        provide={
            "database": database,
            "bookings": bookings,
            "batches": batches,
            "catalogue": catalogue,
            "transfers": Transfers(inventory, timedelta(seconds=settings.events_transfer_seconds)),
            "listing": Listing(database),
            "idempotency": Idempotency(database),
        },
    )


def _peers(settings: EventsSettings) -> tuple[list[ServiceClient], dict[str, Handler]]:
    """Return the clients of the services that the description declares calls to, and what is delivered to them."""
    payments = _peer(settings, settings.payments_service_name, settings.payments_service_url)
    crews = _peer(settings, settings.crews_service_name, settings.crews_service_url)
    notifications = _peer(settings, settings.notifications_service_name, settings.notifications_service_url)
    delivery = Delivery(
        PaymentsClient(payments) if payments else None,
        CrewsClient(crews) if crews else None,
        NotificationsClient(notifications) if notifications else None,
    )
    handlers: dict[str, Handler] = {}
    if payments:
        handlers[REFUND] = (RefundDue, delivery.refund)
    if crews:
        handlers[RELEASE] = (ReleaseDue, delivery.release)
    if notifications:
        handlers[NOTIFY] = (NotificationDue, delivery.notify)
    return [peer for peer in (payments, crews, notifications) if peer], handlers


def _peer(settings: EventsSettings, name: str, url: str | None) -> ServiceClient | None:
    return ServiceClient(name, url, Credentials.of(settings)) if url else None
