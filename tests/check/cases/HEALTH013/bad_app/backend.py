from stead import Backend, Postgres, Redis, Service, Setting

orders = Service(  #! HEALTH013
    "orders",
    app="orders.app:create",
    needs=[Postgres()],
    settings=[Setting("ORDERS_KEY", secret=True)],
)
backend = Backend("shop", services=[orders])
