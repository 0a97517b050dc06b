from stead import Backend, Service

stock = Service("stock", app="stock.app:create")
backend = Backend("shop", services=[stock])
