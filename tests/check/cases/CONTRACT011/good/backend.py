from stead import Backend, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[
        Route.public("ANY", "/v1/prices"),
        Route.public("GET", "/v1/orders/{order_id}"),
        Route.public("GET", "/v1/live", websocket=True),
    ],
)
backend = Backend("shop", services=[orders])
