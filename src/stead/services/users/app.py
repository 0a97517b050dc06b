"""Assemble the users service."""

from collections.abc import Awaitable, Callable

from litestar.types import ASGIApp

from stead.kit import outbox
from stead.kit.app import service_app
from stead.kit.caller import Credentials
from stead.kit.component import Component
from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.kit.periodic_task import PeriodicTask
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from stead.services.auth.contract import AuthClient
from stead.services.crews.contract import CrewsClient
from stead.services.events.contract import EventsClient
from stead.services.media.contract import MediaClient
from stead.services.notifications.contract import NotificationsClient
from stead.services.payments.contract import PaymentsClient
from stead.services.sessions.contract import SessionsClient
from stead.services.users import rules
from stead.services.users.accounts import QUERIES, Accounts
from stead.services.users.messages import Messages
from stead.services.users.passwords import Passwords
from stead.services.users.routes import HANDLERS
from stead.services.users.service import ROUTES
from stead.services.users.settings import UsersSettings

EVERY = 3600.0  # seconds
MIGRATIONS = (outbox.MIGRATIONS, Migrations.beside(__file__, "users"))


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = read(UsersSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    credentials = Credentials.of(settings)
    peers: list[Component] = []

    def peer(name: str, url: str) -> ServiceClient:
        peers.append(made := ServiceClient(name, url, credentials))
        return made

    sessions = SessionsClient(peer(settings.sessions_service_name, settings.sessions_service_url))
    notifications = NotificationsClient(peer(settings.notifications_service_name, settings.notifications_service_url))
    holders: dict[str, Callable[[str], Awaitable[None]]] = {"notifications": notifications.forget}
    if settings.events_service_url:
        holders["events"] = EventsClient(peer(settings.events_service_name, settings.events_service_url)).forget
    if settings.payments_service_url:
        holders["payments"] = PaymentsClient(peer(settings.payments_service_name, settings.payments_service_url)).forget
    if settings.crews_service_url:
        holders["crews"] = CrewsClient(peer(settings.crews_service_name, settings.crews_service_url)).forget
    if settings.media_service_url:
        holders["media"] = MediaClient(peer(settings.media_service_name, settings.media_service_url)).forget
    auth_url = settings.auth_service_url
    auth = AuthClient(peer(settings.auth_service_name, auth_url)) if auth_url else None
    messages = Messages(database, notifications, sessions, holders, link=settings.users_link_url)
    admins = frozenset(rules.normalized(each) for each in settings.users_admins)
    accounts = Accounts(database, Passwords(), sessions, messages, admins=admins, tries=settings.users_tries)
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, *peers, messages.outbox, _sweep(database)],
        provide={"database": database, "accounts": accounts, "sessions": sessions, "auth": auth},
    )


def _sweep(database: Database) -> PeriodicTask:
    async def forget() -> None:
        async with database.connection() as connection:
            await connection.execute(QUERIES["forget_attempts"])

    return PeriodicTask("old tries", forget, EVERY)
