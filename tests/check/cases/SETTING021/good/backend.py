from stead import Backend, Environment, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_LIMIT", int, default=5, minimum=1),
        Setting("ORDERS_RATE", float, default=0.5),
        Setting("ORDERS_STRICT", bool, default=True),
        Setting("ORDERS_ZONES", tuple, default=()),
    ],
)
backend = Backend(
    "shop",
    services=[orders],
    environments=[
        Environment("dev", {orders: {"ORDERS_LIMIT": 1, "ORDERS_RATE": 1}}),
        Environment("prod", {orders: {"ORDERS_ZONES": ("north",), "ORDERS_STRICT": False}}),
    ],
)
