from stead import Backend, Environment, Route, Service, Setting

stock = Service("stock", command="python main.py", folder="stock", routes=[Route.service("GET", "/v1/stock", "read")])
orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[Setting("STOCK_SERVICE_URL", default="https://stock.example.com")],
    calls=[stock.may("read")],
)
mail = Service("mail", command="python main.py", folder="mail", calls=[stock.may("read")])
backend = Backend(
    "shop",
    services=[stock, orders, mail],
    environments=[Environment("dev"), Environment("prod", without=(stock, mail))],
)
