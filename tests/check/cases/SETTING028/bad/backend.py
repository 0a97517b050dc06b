from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_PRICES", dict, default=None),  #! SETTING028
    ],
)
backend = Backend("shop", services=[orders])
