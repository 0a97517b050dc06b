from stead import Backend, Gateway, Service

orders = Service("orders", command="python main.py", folder="orders")
stock = Service("stock", app="stock.app:create")
backend = Backend("shop", gateway=Gateway("edge"), services=[orders, stock])
