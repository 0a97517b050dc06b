from stead import Backend, Service

orders = Service("orders", command="node main.js", folder="orders")
mail = Service("mail", command="go run .", folder="mail")
stock = Service("stock", app="stock.app:create")
backend = Backend("shop", services=[orders, mail, stock])
