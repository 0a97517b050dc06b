from stead import Backend, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[
        Route.public("GET", "/v1/prices"),
        Route.public("POST", "/v1/prices"),  #! CONTRACT011
        Route.public("GET", "/v1/orders/{order_id}"),  #! CONTRACT011
    ],
)
backend = Backend("shop", services=[orders])
