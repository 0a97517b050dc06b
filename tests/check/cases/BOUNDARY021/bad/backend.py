from stead import Backend, Gateway, Route, Service

orders = Service("orders", command="python main.py", folder="orders", routes=[Route.public("GET", "/v1/orders")])
backend = Backend("shop", gateway=Gateway("api-gateway", fronts=[orders]), services=[orders])
