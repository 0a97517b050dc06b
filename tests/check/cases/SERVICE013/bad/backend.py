from stead import Backend, Service

orders = Service("orders", command="python main.py", folder="apps/order")  #! SERVICE013
backend = Backend("shop", services=[orders])
