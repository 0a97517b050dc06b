from stead import Backend, Environment, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_CURRENCY"),
        Setting("ORDERS_LIMIT", int, default=5),
        Setting("PARTNER_NOTE", default=None),
    ],
)
stock = Service("stock", command="python main.py", folder="stock", settings=[Setting("STOCK_SHELF")])
backend = Backend(
    "shop",
    services=[orders, stock],
    environments=[
        Environment("dev", {orders: {"ORDERS_CURRENCY": "EUR"}, stock: {"STOCK_SHELF": "a"}}),
        Environment("prod", {orders: {"ORDERS_CURRENCY": "USD"}}, without=(stock,)),
    ],
)
