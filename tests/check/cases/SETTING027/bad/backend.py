from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("orders-limit", int, default=5),  #! SETTING027
        Setting("2ND_LIMIT", int, default=5),  #! SETTING027
    ],
)
backend = Backend("shop", services=[orders])
