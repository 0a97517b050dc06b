from stead import Backend, Health, Postgres, Service, Setting

kept = Postgres()
orders = Service(
    "orders",
    app="orders.app:create",
    needs=[kept],
    settings=[Setting("ORDERS_KEY", secret=True)],
    health=Health(depends_on=(kept,)),
)
backend = Backend("shop", services=[orders])
