"""A secret that development generates."""

from stead import Backend, Service, Settings, secret


class OrdersSettings(Settings):
    """Read from PARTNER_KEY, or from the file that PARTNER_KEY_FILE names."""

    partner_key: str = secret(help="The partner's API key.")


backend = Backend("shop", services=[Service("orders", app="orders.app:create", settings=OrdersSettings)])
