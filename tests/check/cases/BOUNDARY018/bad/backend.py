from stead import Backend, Gateway, Route, Service

stock = Service("stock", command="python main.py", folder="stock", routes=[Route.service("GET", "/v1/pieces", "count")])
orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=[Route.public("GET", "/v1/orders")],
    calls=[stock.may("count")],
)
edge = Gateway("edge", fronts=[orders, stock])  #! BOUNDARY018
backend = Backend("shop", gateway=edge, services=[stock, orders])
