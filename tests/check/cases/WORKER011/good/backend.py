"""Shop: orders, and the stock they come from."""

from stead import Backend, Route, Service

stock = Service("stock", worker="apps/stock", routes=[Route.service("POST", "/v1/pieces", "take")])
orders = Service("orders", worker="apps/orders", calls=[stock.may("take")])

backend = Backend("shop", services=[orders, stock])
