"""Two services; one may call the other."""

from stead import Backend, Environment, Route, Service

stock = Service("stock", command="node stock.js", routes=[Route.service("POST", "/v1/reserve", "reserve")])
orders = Service("orders", command="node orders.js", calls=[stock.may("reserve")])

backend = Backend("shop", services=[stock, orders], environments=[Environment("dev"), Environment("prod")])
