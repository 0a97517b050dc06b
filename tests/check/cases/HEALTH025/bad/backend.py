from stead import Backend, Environment, Service

ENVIRONMENTS = [Environment("dev"), Environment("prod")]
orders = Service("orders", app="orders.app:create")  #! HEALTH025
stock = Service("stock", app="orders.app:create")  #! HEALTH025
backend = Backend("shop", services=[orders, stock], environments=ENVIRONMENTS)
