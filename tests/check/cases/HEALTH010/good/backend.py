from stead import Backend, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[Route.public("GET", "/v1/health")],
)
backend = Backend("shop", services=[orders])
