"""Shop: orders, and the stock they come from."""

from stead import Backend, Call, Route, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

stock = Service("stock", image=IMAGE, routes=[Route.service("GET", "/v1/stock", "read")])
orders = Service(
    "orders",
    image=IMAGE,
    calls=[Call(lambda: stock, ("read",))],
)

backend = Backend("shop", services=[orders, stock])
