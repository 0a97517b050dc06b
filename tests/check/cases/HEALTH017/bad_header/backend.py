from stead import Backend, Postgres, Redis, Service, Setting

orders = Service(  #! HEALTH017 HEALTH017 HEALTH017
    "orders",
    app="orders.app:create",
    needs=[Postgres()],
    settings=[Setting("ORDERS_KEY", secret=True)],
)
backend = Backend("shop", services=[orders])
