from stead import Backend, Route, Service

stock = Service(
    "stock",
    command="python main.py",
    folder="stock",
    routes=[
        Route.service("GET", "/v1/pieces", "count"),
        Route.service("POST", "/v1/pieces", "add"),  #! BOUNDARY020
    ],
)
orders = Service("orders", command="python main.py", folder="orders", calls=[stock.may("count")])
backend = Backend("shop", services=[stock, orders])
