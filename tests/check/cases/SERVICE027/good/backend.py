from stead import Backend, Service

orders = Service("orders", command="python main.py", folder="apps/orders")
backend = Backend("shop", services=[orders])
