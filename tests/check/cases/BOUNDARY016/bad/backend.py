from stead import Backend, Call, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[Route.service("GET", "/v1/orders", "read")],
    calls=[Call(lambda: orders, ("read",))],  #! BOUNDARY016
)
backend = Backend("shop", services=[orders])
