from stead import Backend, Postgres, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    needs=[Postgres()],
    settings=[Setting("ORDERS_CURRENCY"), Setting("PARTNER_KEY", secret=True), Setting("ORDERS_LIMIT", int, default=5)],
)
backend = Backend("shop", services=[orders])
