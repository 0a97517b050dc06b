from stead import Backend, Route, Service

stock = Service("stock", command="python main.py", folder="stock", routes=[Route.service("GET", "/v1/pieces", "count")])
orders = Service("orders", command="python main.py", folder="orders", calls=[stock.may()])  #! BOUNDARY019
mail = Service("mail", command="python main.py", folder="mail", calls=[stock.may("count")])
backend = Backend("shop", services=[stock, orders, mail])
