from stead import Backend, Job, Service

orders = Service("orders", app="orders.app:create")
stock = Service("stock", app="stock.app:create")
sweep = Job("sweep", entry="orders.sweep:main")
backend = Backend("shop", services=[orders, stock], jobs=[sweep])
