from stead.model import Settings, var


class MailSettings(Settings):
    """The settings of mail."""

    stock_service_url: str = var()  #! BOUNDARY012
