from stead import Backend, Environment, Service

orders = Service("orders", command="python main.py", folder="orders")
backend = Backend("shop", services=[orders], environments=[Environment("dev"), Environment("prod", without=(orders,))])
