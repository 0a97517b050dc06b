from stead import Backend, Route, Service

orders = Service(
    "orders", command="python main.py", folder="orders", routes=[Route.service("GET", "/v1/orders", "read")]
)
mail = Service("mail", command="python main.py", folder="mail", calls=[orders.may("read")])
backend = Backend("shop", services=[orders, mail])
