from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="npx wrangler dev",
    folder="orders",
    settings=[Setting("ORDERS_CURRENCY"), Setting("ORDERS_SHELF"), Setting("PARTNER_KEY", secret=True)],
)
backend = Backend("shop", services=[orders])
