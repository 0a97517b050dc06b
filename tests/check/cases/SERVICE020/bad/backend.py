from stead import Backend, Environment, Service

orders = Service("orders", command="python main.py", folder="orders")  #! SERVICE020
backend = Backend(
    "shop",
    services=[orders],
    environments=[Environment("dev", without=(orders,)), Environment("prod", without=(orders,))],
)
