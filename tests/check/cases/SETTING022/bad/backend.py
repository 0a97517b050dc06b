from stead import Backend, Environment, Service

orders = Service("orders", command="python main.py", folder="orders")
backend = Backend(
    "shop",
    services=[orders],
    environments=[
        Environment("dev"),
        Environment("prod", {orders: {"VERSION": "1", "PORT": 80}}),  #! SETTING022 SETTING022
    ],
)
