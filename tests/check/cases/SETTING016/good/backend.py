from stead import Backend, Postgres, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    needs=[Postgres()],
    settings=[Setting("ORDERS_CURRENCY")],
)
backend = Backend("shop", services=[orders])
