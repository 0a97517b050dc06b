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
        Environment("dev", {orders: {"ORDERS_LIMIT": 0}}),  #! SETTING021
        Environment("staging", {orders: {"ORDERS_RATE": "half", "ORDERS_STRICT": "yes"}}),  #! SETTING021 SETTING021
        Environment("prod", {orders: {"ORDERS_ZONES": "north"}}),  #! SETTING021
    ],
)
