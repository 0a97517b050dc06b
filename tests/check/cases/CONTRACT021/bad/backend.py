from stead import Backend, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[
        Route.public("GET", "/v1/prices"),
        Route.public("POST", "/v1/orders"),
    ],
)
backend = Backend("shop", services=[orders])
