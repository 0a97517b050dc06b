from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_LIMIT", int, default=5),
        Setting("ORDERS_CURRENCY", default="EUR"),
        Setting("ORDERS_STRICT", bool, default=True),
        Setting("ORDERS_ZONES", tuple, default=("north", "south")),
    ],
)
backend = Backend("shop", services=[orders])
