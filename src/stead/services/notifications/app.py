"""Assemble the notifications service."""

from datetime import timedelta

from litestar.types import ASGIApp

from stead.kit import outbox
from stead.kit.app import service_app
from stead.kit.component import Component
from stead.kit.database import Database
from stead.kit.live_setting import LiveSetting
from stead.kit.migrations import Migrations
from stead.kit.settings import SettingsError, read
from stead.services.notifications import digests
from stead.services.notifications.bot import Bot
from stead.services.notifications.channels import Mail, Telegram
from stead.services.notifications.metrics import NotificationMetrics
from stead.services.notifications.routes import HANDLERS
from stead.services.notifications.sender import Sender
from stead.services.notifications.service import ROUTES
from stead.services.notifications.settings import NotificationsSettings
from stead.services.notifications.sms import SmsRu

MIGRATIONS = (outbox.MIGRATIONS, Migrations.beside(__file__, "notifications"))


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = _read()
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    token = LiveSetting.of(settings, "notifications_bot_token")
    telegram = Telegram(token, settings.telegram_service_url) if token.text else None
    hook, secret = settings.telegram_webhook_url, LiveSetting.of(settings, "telegram_webhook_secret")
    bot = Bot(database, telegram, webhook=hook, secret=secret) if telegram else None
    link, link_secret = settings.notifications_link_url, LiveSetting.of(settings, "notifications_link_secret")
    sms, tries = _sms(settings), settings.notifications_tries
    wait = timedelta(seconds=settings.notifications_contact_seconds)
    sender = Sender(database, telegram, _mail(settings), sms, tries=tries, wait=wait, link=link, secret=link_secret)
    parts: list[Component] = [database, *(each for each in (telegram, sms) if each), sender.outbox]
    parts += [digests.periodic(digests.Digests(database, sender), settings.notifications_digest_seconds)]
    parts += [*([bot] if bot else []), NotificationMetrics(database)]
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=parts,
        provide={
            "database": database,
            "sender": sender,
            "bot": bot,
            "bot_name": settings.telegram_bot_name,
            "link_secret": link_secret,
        },
    )


def _read() -> NotificationsSettings:
    settings = read(NotificationsSettings)
    if settings.telegram_webhook_url and not settings.telegram_webhook_secret:
        raise SettingsError(["TELEGRAM_WEBHOOK_SECRET is missing; with a webhook, it authenticates Telegram."])
    return settings


def _sms(settings: NotificationsSettings) -> SmsRu | None:
    if settings.sms_api_id is None:
        return None
    return SmsRu(settings.sms_service_url, settings.sms_api_id, sender=settings.sms_sender)


def _mail(settings: NotificationsSettings) -> Mail | None:
    if not settings.smtp_host:
        return None
    user, password = settings.smtp_user, settings.smtp_password
    server = (settings.smtp_host, settings.smtp_port, settings.mail_from)
    return Mail(*server, user=user, password=password, starttls=settings.smtp_starttls)
