from stead import Backend, Health, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    health=Health(path="/ping", contract=False),
)
backend = Backend("shop", services=[orders])
