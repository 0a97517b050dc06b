from stead import Backend, Route, Service
from stead.services import points

stock = Service(
    "stock",
    command="python main.py",
    folder="stock",
    routes=[Route.service("GET", "/v1/pieces", "count"), Route.public("GET", "/v1/shelf")],
)
orders = Service("orders", command="python main.py", folder="orders", calls=[stock.may("count")])
ledger = points.service("points-service")
backend = Backend("shop", services=[stock, orders, ledger])
