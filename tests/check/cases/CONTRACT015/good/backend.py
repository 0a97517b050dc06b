from stead import Backend, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[
        Route.user("GET", "/v1/orders"),
        Route.user("POST", "/v1/orders", roles=("editor",)),
        Route.service("POST", "/v1/orders/grants", "grant"),
    ],
)
search = Service("search", image="ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", calls=[orders.may("grant")])
backend = Backend("shop", services=[orders, search])
