"""Two services that call each other: the one that is defined later is named by a function."""

from stead import Backend, Call, Route, Service

orders = Service(
    "orders",
    command="node orders.js",
    routes=[Route.service("POST", "/v1/paid", "confirm")],
    calls=[Call(lambda: payments, ("charge",), because="a payment is confirmed after the order has asked for it")],
)
payments: Service = Service(
    "payments",
    command="node payments.js",
    routes=[Route.service("POST", "/v1/charges", "charge")],
    calls=[orders.may("confirm")],
)

backend = Backend("shop", services=[orders, payments])
