"""What the notifications service is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import Dev, secret, var


class NotificationsSettings(DatabaseSettings):
    """The bot, the mail server, and how long what is tried."""

    telegram_service_url: str = var(default="https://api.telegram.org", help="The Bot API.")
    notifications_bot_token: str | None = secret(
        default=None,
        help="The bot's token, as BotFather gave it; without it, there is no Telegram. Of two, the one that is taken.",
        dev=Dev.BOT_TOKEN,
        several=" ",
    )
    telegram_bot_name: str = var(default="stand_in_bot", help="The bot's user name, for links that open it.")
    telegram_webhook_url: str | None = var(default=None, help="Where Telegram sends updates; left out: long polling.")
    telegram_webhook_secret: str | None = secret(
        default=None, help="What Telegram shows with each update; two while it is replaced.", several=" "
    )
    smtp_host: str = var(default="", help="The mail server; without it, there is no e-mail.")
    smtp_port: int = var(default=587, minimum=1, help="Its port.")
    smtp_user: str = var(default="", help="The user that it knows; empty: none.")
    smtp_password: str | None = secret(default=None, help="That user's password.")
    smtp_starttls: bool = var(default=True, help="False only where the server is on this machine.")
    mail_from: str = var(default="noreply@localhost", help="The sender's address.")
    sms_service_url: str = var(default="https://sms.ru", help="SMS.RU's API.")
    sms_api_id: str | None = secret(default=None, help="The api_id of SMS.RU; without it, there is no SMS.")
    sms_sender: str = var(default="", help="The sender's name, as SMS.RU has approved it; empty: the account's own.")
    notifications_link_secret: str = secret(
        help="Signs the links of unsubscription; of two, by a space, the links of both are taken.", several=" "
    )
    notifications_link_url: str = var(default="http://localhost:8080", help="The gateway's URL, for links in messages.")
    notifications_digest_seconds: float = var(default=30.0, help="Seconds between two searches for digests due.")
    notifications_contact_seconds: int = var(
        default=600, minimum=0, help="How long a message that no channel reaches waits for the user's contact."
    )
    notifications_tries: int = var(default=8, minimum=1, help="How often a message is tried before it is dead.")
