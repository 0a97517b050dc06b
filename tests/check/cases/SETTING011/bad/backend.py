from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_LIMIT", int, default=5),
        Setting("ORDERS_LIMITS", int, default=5),  #! SETTING011
    ],
)
backend = Backend("shop", services=[orders])
