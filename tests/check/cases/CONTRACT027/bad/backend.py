from stead import Backend, Route, Service

orders = Service(
    "orders",
    app="orders.app:create",
    routes=[
        Route.service("POST", "/v1/orders", "order"),
        Route.service("GET", "/v1/orders/{order_id}/state", "read"),
    ],
)
search = Service("search", image="ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", calls=[orders.may("order", "read")])
backend = Backend("shop", services=[orders, search])
