"""Shop: orders, and the stock they come from."""

from stead import Backend, Route, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

stock = Service("stock-service", image=IMAGE, routes=[Route.service("GET", "/v1/stock", "read")])
orders = Service(
    "order-service",
    image=IMAGE,
    calls=[
        stock.may("read", "write"),  #! CALL002
    ],
)

backend = Backend("shop", services=[orders, stock])
