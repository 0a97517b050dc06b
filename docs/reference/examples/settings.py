"""The settings of a Python service, as a class."""

from stead import Backend, Service, Settings, secret, var


class OrdersSettings(Settings):
    """Read from ORDERS_MAX and PARTNER_KEY."""

    orders_max: int = var(default=100, minimum=1, help="Orders that one user may have.")
    partner_key: str = secret(help="The partner's API key.")


backend = Backend("shop", services=[Service("orders", app="orders.app:create", settings=OrdersSettings)])
