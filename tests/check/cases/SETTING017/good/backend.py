from stead import Backend, Environment, Service, Setting

orders = Service("orders", command="python main.py", folder="orders", settings=[Setting("ORDERS_CURRENCY")])
backend = Backend("shop", services=[orders], environments=[Environment("prod", {orders: {"ORDERS_CURRENCY": "EUR"}})])
