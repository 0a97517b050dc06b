from stead import Backend, Route, Service

orders = Service("orders", app="orders.app:create", routes=[Route.public("GET", "/v1/prices")])
stock = Service("stock", command="node main.js", folder="stock", routes=[Route.public("GET", "/v1/pieces")])
backend = Backend("shop", services=[orders, stock])
