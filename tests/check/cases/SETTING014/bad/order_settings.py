from stead.model import Settings, var


class OrderSettings(Settings):
    """The settings of orders."""

    smtp_password: str = var(default="")  #! SETTING014
    partner_api_key: str | None = var(default=None)  #! SETTING014
    reporting_database_url: str | None = var(default=None)  #! SETTING014
    queue_address: str = var(default="amqp://shop:shop@queue")  #! SETTING014
    limit: int = var(default=1)
