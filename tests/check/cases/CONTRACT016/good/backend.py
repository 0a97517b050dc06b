from stead import Backend, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[
        Route.public("POST", "/v1/orders"),
        Route.public("GET", "/v1/prices"),
        Route.public("GET", "/v2/prices"),
    ],
)
backend = Backend("shop", services=[orders])
