from stead.model import Settings, var


class MailSettings(Settings):
    """The settings of mail."""

    stock_service_url: str | None = var(default=None)
