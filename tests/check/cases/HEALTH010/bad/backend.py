from stead import Backend, Route, Service

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[Route.public("GET", "/health")],  #! HEALTH010
)
backend = Backend("shop", services=[orders])
