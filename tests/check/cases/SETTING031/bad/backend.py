"""Shop: orders, which take so many at once."""

from stead import Backend, Service, Setting

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

orders = Service(
    "orders",
    image=IMAGE,
    settings=[
        Setting("ORDERS_LIMIT", int, default=5, minimum=1, help="Orders at once."),
        Setting("ORDERS_RATE", float, default=0.5, help="Orders a second."),
        Setting("ORDERS_STRICT", bool, default=True, help="Whether a limit refuses."),
    ],
)
backend = Backend("shop", services=[orders])
