"""A gateway that fronts a user route and knows no users, and names a service twice."""

from stead import Backend, Gateway, Route, Service

orders = Service("orders", command="run", routes=[Route.user("GET", "/v1/orders"), Route.user("POST", "/v1/orders")])
outside = Service("outside", command="run")
edge = Gateway("edge", fronts=[orders, orders, outside])  #! GATEWAY001 GATEWAY002 CALL001

backend = Backend("shop", gateway=edge, services=[orders])
