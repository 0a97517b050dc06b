from stead import Backend, Service, Setting

orders = Service(
    "orders", command="python main.py", folder="orders", settings=[Setting("_ORDERS_2ND_LIMIT", int, default=5)]
)
backend = Backend("shop", services=[orders])
