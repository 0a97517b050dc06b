from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[Setting("PARTNER_KEY", secret=True, default=None), Setting("ORDERS_LIMIT", int, default=5)],
)
backend = Backend("shop", services=[orders])
