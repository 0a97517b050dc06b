from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_LIMIT", int, default=5),
        Setting("ORDERS_RATE", float, default=0.5),
        Setting("ORDERS_CURRENCY"),
    ],
)
backend = Backend("shop", services=[orders])
