from stead import Backend, Service

orders = Service("orders", command="python main.py", folder="orders")
stock = Service("stock", command="python main.py", folder="stock")  #! SERVICE023
backend = Backend("shop", services=[orders, stock])
