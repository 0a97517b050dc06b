from stead import Backend, Service

orders = Service("orders", app="orders.app:create")
stock = Service("stock", app="stock.app:create")
mail = Service("mail", app="mail.app:app")
billing = Service("billing", app="billing.app:Billing.create")
backend = Backend("shop", services=[orders, stock, mail, billing])
