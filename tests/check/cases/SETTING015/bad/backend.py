from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[Setting("ORDERS_CURRENCY"), Setting("PARTNER_KEY", secret=True)],
)
stock = Service("stock", command="python main.py", folder="stock", settings=[Setting("STOCK_SHELF")])
backend = Backend("shop", services=[orders, stock])
