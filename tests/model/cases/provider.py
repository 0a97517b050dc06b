"""Credentials that cannot be told from others, and a service that cannot be asked about them."""

from stead import Backend, Gateway, Introspection, Route, Service

orders = Service("orders", command="run", routes=[Route.user("GET", "/v1/orders")])
users = Introspection(orders, "", "/v1/authorize")  #! GATEWAY003 CALL002

backend = Backend("shop", gateway=Gateway("edge", users=users, fronts=[orders]), services=[orders])
