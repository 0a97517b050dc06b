from stead import Backend, Gateway, Route, Service

orders = Service(
    "orders", command="python main.py", folder="orders", routes=[Route.public("GET", "/v1/orders/{order_id}")]
)
backend = Backend("shop", gateway=Gateway("edge", fronts=[orders]), services=[orders])
