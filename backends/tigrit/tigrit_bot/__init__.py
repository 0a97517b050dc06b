"""The bot: what Tigrit says on Telegram."""
