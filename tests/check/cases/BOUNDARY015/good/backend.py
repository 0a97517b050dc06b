from stead import Backend, Call, Route, Service

ASK = (Route.service("GET", "/v1/asked", "ask"),)
orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    routes=ASK,
    calls=[Call(lambda: stock, ("ask",), because="what is in stock is the stock's business")],
)
mail = Service("mail", command="python main.py", folder="mail", routes=ASK, calls=[orders.may("ask")])
stock = Service("stock", command="python main.py", folder="stock", routes=ASK, calls=[mail.may("ask")])
billing = Service("billing", command="python main.py", folder="billing", calls=[stock.may("ask"), mail.may("ask")])
backend = Backend("shop", services=[orders, mail, stock, billing])
