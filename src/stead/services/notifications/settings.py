"""The settings of the notifications service."""

from stead.kit.settings import DatabaseSettings
from stead.model import Dev, secret, var


class NotificationsSettings(DatabaseSettings):
    """The bot, the mail server, and the retries."""

    telegram_service_url: str = var(default="https://api.telegram.org", help="The Bot API.")
    notifications_bot_token: str | None = secret(
        default=None,
        help="The bot's token from BotFather; without it, Telegram is disabled. Of two, the accepted one is used.",
        dev=Dev.BOT_TOKEN,
        several=" ",
    )
    telegram_bot_name: str = var(default="stand_in_bot", help="The bot's user name, for links that open it.")
    telegram_webhook_url: str | None = var(default=None, help="The URL for Telegram's updates. Default: long polling.")
    telegram_webhook_secret: str | None = secret(
        default=None, help="The secret in each update of Telegram; two during a replacement.", several=" "
    )
    smtp_host: str = var(default="", help="The mail server; without it, e-mail is disabled.")
    smtp_port: int = var(default=587, minimum=1, help="The port of the mail server.")
    smtp_user: str = var(default="", help="The user at the mail server; empty: none.")
    smtp_password: str | None = secret(default=None, help="The password of that user.")
    smtp_starttls: bool = var(default=True, help="False only for a server on this machine.")
    mail_from: str = var(default="noreply@localhost", help="The sender's address.")
    sms_service_url: str = var(default="https://sms.ru", help="SMS.RU's API.")
    sms_api_id: str | None = secret(default=None, help="The api_id of SMS.RU; without it, SMS is disabled.")
    sms_sender: str = var(default="", help="The sender's name, as SMS.RU has approved it; empty: the account's own.")
    notifications_link_secret: str = secret(
        help="The key of unsubscription links; two, separated by a space, are both accepted.", several=" "
    )
    notifications_link_url: str = var(default="http://localhost:8080", help="The gateway's URL, for links in messages.")
    notifications_digest_seconds: float = var(default=30.0, help="Seconds between two searches for digests due.")
    notifications_contact_seconds: int = var(
        default=600, minimum=0, help="The time for which a message without a channel waits for the user's contact."
    )
    notifications_tries: int = var(default=8, minimum=1, help="The number of attempts before a message is dead.")
