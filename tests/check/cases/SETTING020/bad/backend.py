from stead import Backend, Environment, Service, Setting

orders = Service(
    "orders", command="python main.py", folder="orders", settings=[Setting("ORDERS_LIMIT", int, default=5)]
)
prod = Environment("prod", {orders: {"ORDERS_LIMIT": 5}})  #! SETTING020
backend = Backend("shop", services=[orders], environments=[prod])
