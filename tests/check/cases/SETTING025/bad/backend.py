from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_LIMIT", int, default=0, minimum=1),  #! SETTING025
        Setting("ORDERS_RATE", float, default="0.5"),  #! SETTING025
        Setting("ORDERS_TIMES", int, default=True),  #! SETTING025
    ],
)
backend = Backend("shop", services=[orders])
