"""A number with a smallest value, and a secret that is generated for development."""

from stead import Backend, Dev, Service, Setting

orders = Service(
    "orders",
    command="node orders.js",
    settings=[
        Setting("ORDERS_MAX", int, default=100, minimum=1, help="Orders that one user may have."),
        Setting("PARTNER_KEY", secret=True, dev=Dev.RANDOM, help="The partner's API key."),
    ],
)

backend = Backend("shop", services=[orders])
