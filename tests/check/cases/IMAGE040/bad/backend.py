from stead import Backend, Service

orders = Service("orders", app="orders.app:create")
backend = Backend("shop", services=[orders])
