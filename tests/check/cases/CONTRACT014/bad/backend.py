from stead import Backend, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[
        Route.public("GET", "/v1/prices"),
        Route.public("GET", "/v1/orders/{order_id}"),
        Route.user("DELETE", "/v1/orders/{order_id}"),
    ],
)
backend = Backend("shop", services=[orders])
