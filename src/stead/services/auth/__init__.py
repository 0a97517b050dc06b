"""Authentication: sign-up by webhook, and the verification of credentials."""

from stead.services.auth.identity import BOT_TOKEN, Jwt, Telegram
from stead.services.auth.service import service

__all__ = ["BOT_TOKEN", "Jwt", "Telegram", "service"]
