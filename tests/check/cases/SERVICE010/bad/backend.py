from stead import Backend, Job, Service

orders = Service("orders", app="orders.app:create")  #! SERVICE010
stock = Service("stock", command="python -m stock.main")  #! SERVICE010
sweep = Job("sweep", entry="nowhere.sweep:main")  #! SERVICE010
backend = Backend("shop", services=[orders, stock], jobs=[sweep])
