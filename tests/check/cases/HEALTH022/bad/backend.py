from stead import Backend, Environment, Service

ENVIRONMENTS = [Environment("dev"), Environment("prod")]
orders = Service("orders", app="orders.app:create")  #! HEALTH022
stock = Service("stock", app="orders.app:create")  #! HEALTH022
backend = Backend("shop", services=[orders, stock], environments=ENVIRONMENTS)
