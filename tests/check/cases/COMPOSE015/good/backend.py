"""A shop: orders ask how much is in stock."""

from stead import Backend, Environment, Health, Postgres, Route, Service, Setting

probe = Health(probe=("/app", "--healthy"))
image = "ghcr.io/shop/app:2.1.0@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
stock = Service("stock", image=image, health=probe, needs=[Postgres()], routes=[Route.service("GET", "/v1/pieces", "count")])
orders = Service(
    "orders",
    image=image,
    health=probe,
    settings=[
        Setting("CURRENCY", help="What prices are in."),
        Setting("PAY_KEY", secret=True, default=None, help="Opens the bank's API."),
    ],
    calls=[stock.may("count")],
)
backend = Backend("shop", services=[orders, stock], environments=[Environment("dev"), Environment("prod")])
