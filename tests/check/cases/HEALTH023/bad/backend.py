from stead import Backend, Environment, Service

ENVIRONMENTS = [Environment("dev"), Environment("prod")]
orders = Service("orders", app="orders.app:create")  #! HEALTH023
stock = Service("stock", app="orders.app:create")
backend = Backend("shop", services=[orders, stock], environments=ENVIRONMENTS)
