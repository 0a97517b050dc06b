from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_LIMIT", int, default=1, minimum=1),
        Setting("ORDERS_RATE", float, default=1),
        Setting("ORDERS_TIMES", int, default=None, minimum=1),
    ],
)
backend = Backend("shop", services=[orders])
