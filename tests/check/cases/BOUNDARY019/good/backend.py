from stead import Backend, Service

stock = Service("stock", command="python main.py", folder="stock")
orders = Service("orders", command="python main.py", folder="orders", calls=[stock.may()])
backend = Backend("shop", services=[stock, orders])
