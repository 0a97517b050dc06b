"""Shop: orders, the stock they come from, and the letters that the stock sends."""

from stead import Backend, Route, Service

mail = Service("mail", worker="apps/mail", routes=[Route.service("POST", "/v1/letters", "send")])
stock = Service(
    "stock", worker="apps/stock", calls=[mail.may("send")], routes=[Route.service("POST", "/v1/pieces", "take")]
)
orders = Service("orders", worker="apps/orders", calls=[stock.may("take")])

backend = Backend("shop", services=[orders, stock, mail])
