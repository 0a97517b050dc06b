from stead import Backend, Job, Service

orders = Service("orders", app="orders.app:make")  #! SERVICE011
stock = Service("stock", app="stock.app")  #! SERVICE011
sweep = Job("sweep", entry="orders.app:sweep")  #! SERVICE011
backend = Backend("shop", services=[orders, stock], jobs=[sweep])
