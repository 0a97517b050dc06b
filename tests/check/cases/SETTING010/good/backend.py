from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[Setting("ORDERS_LIMIT", int, default=5), Setting("PRICING_ROUNDING", int, default=2)],
)
edge = Service("edge", command="npx wrangler dev", folder="edge")
backend = Backend("shop", services=[orders, edge])
