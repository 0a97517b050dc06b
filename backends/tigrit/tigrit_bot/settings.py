"""What the bot is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import Dev, secret, var


class BotSettings(DatabaseSettings):
    """How the bot reaches Telegram, and whom it asks."""

    telegram_bot_token: str = secret(help="The bot's token, as BotFather gave it.", dev=Dev.BOT_TOKEN)
    telegram_service_url: str = var(default="https://api.telegram.org", help="The Bot API.")
    telegram_webhook_url: str | None = var(default=None, help="The URL for Telegram's updates. Default: long polling.")
    telegram_webhook_secret: str | None = secret(default=None, help="What Telegram says to show that it is Telegram.")
    auth_service_url: str = var(help="The URL of the auth service.")
    auth_service_name: str = var(default="auth-service", help="The name of that service.")
    sessions_service_url: str = var(help="The URL of the sessions service.")
    sessions_service_name: str = var(default="sessions-service", help="The name of that service.")
