"""What may be asked of the bot: Telegram's webhook, and nothing else."""

from stead import Route

ROUTES = (Route.public("POST", "/v1/telegram/updates"),)
