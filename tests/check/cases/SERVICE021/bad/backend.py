from stead import Backend, Environment, Route, Service

stock = Service("stock", command="python main.py", folder="stock", routes=[Route.service("GET", "/v1/stock", "read")])
orders = Service("orders", command="python main.py", folder="orders", calls=[stock.may("read")])
backend = Backend(
    "shop",
    services=[stock, orders],
    environments=[
        Environment("dev"),
        Environment("prod", without=(stock,)),  #! SERVICE021
    ],
)
