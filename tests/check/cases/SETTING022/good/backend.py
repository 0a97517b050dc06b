from stead import Backend, Environment, Service, Setting

orders = Service("orders", command="python main.py", folder="orders", settings=[Setting("ORDERS_PORT", int, default=1)])
backend = Backend("shop", services=[orders], environments=[Environment("prod", {orders: {"ORDERS_PORT": 80}})])
