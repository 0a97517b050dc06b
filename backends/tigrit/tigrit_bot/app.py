"""The bot, put together."""

from interactions.store import MIGRATIONS, Interactions
from stead.kit.app import service_app
from stead.kit.asgi import ASGIApp
from stead.kit.caller import Credentials
from stead.kit.database import Database
from stead.kit.service_client import ServiceClient
from stead.kit.settings import SettingsError, read
from stead.services.auth.contract import AuthClient
from stead.services.sessions.contract import SessionsClient
from tigrit_bot.routes import HANDLERS
from tigrit_bot.service import ROUTES
from tigrit_bot.settings import BotSettings
from tigrit_bot.talk import Talk
from tigrit_bot.telegram import Telegram


def create() -> ASGIApp:
    settings = _read()
    credentials = Credentials.of(settings)
    database = Database(settings.database_url, migrations=[MIGRATIONS], size=settings.database_pool)
    auth = ServiceClient(settings.auth_service_name, settings.auth_service_url, credentials)
    sessions = ServiceClient(settings.sessions_service_name, settings.sessions_service_url, credentials)
    telegram = Telegram(
        settings.telegram_bot_token,
        settings.telegram_service_url,
        Talk(AuthClient(auth), SessionsClient(sessions), Interactions(database)),
        webhook=settings.telegram_webhook_url,
        secret=settings.telegram_webhook_secret,
    )
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, auth, sessions, telegram],
        provide={"telegram": telegram, "webhook_secret": settings.telegram_webhook_secret or ""},
    )


def _read() -> BotSettings:
    settings = read(BotSettings)
    if settings.telegram_webhook_url and not settings.telegram_webhook_secret:
        raise SettingsError(["TELEGRAM_WEBHOOK_SECRET is missing; with a webhook, it authenticates Telegram."])
    return settings
