from stead import Backend, Route, Service

orders = Service("orders", app="orders.app:create", routes=[Route.public("GET", "/v1/prices")])
backend = Backend("shop", services=[orders])
