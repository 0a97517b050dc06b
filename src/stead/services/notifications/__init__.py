"""Messages to users: Telegram first, then e-mail, then SMS; templates, preferences, and what could not be sent."""

from stead.services.notifications.service import service

__all__ = ["service"]
