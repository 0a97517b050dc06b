"""A setting that is not secret."""

from stead import Backend, Service, Settings, var


class OrdersSettings(Settings):
    """Read from ORDERS_MAX."""

    orders_max: int = var(default=100, minimum=1, help="Orders that one user may have.")


backend = Backend("shop", services=[Service("orders", app="orders.app:create", settings=OrdersSettings)])
