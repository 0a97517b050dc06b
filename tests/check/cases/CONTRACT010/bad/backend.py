from stead import Backend, Route, Service

orders = Service("orders", app="orders.app:create", routes=[Route.public("GET", "/v1/prices")])  #! CONTRACT010
stock = Service("stock", command="node main.js", folder="stock", routes=[Route.public("GET", "/v1/pieces")])
backend = Backend("shop", services=[orders, stock])
