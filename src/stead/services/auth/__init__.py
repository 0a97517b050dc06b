"""Who a user is: sign-up by webhook, and the answer to "whose credential is this?"."""

from stead.services.auth.identity import BOT_TOKEN, Jwt, Telegram
from stead.services.auth.service import service

__all__ = ["BOT_TOKEN", "Jwt", "Telegram", "service"]
