"""A gateway of an engine that Stead renders nothing for."""

from stead import Backend, Gateway, Route, Service

orders = Service("orders", command="run", routes=[Route.public("GET", "/v1/orders")])
edge = Gateway("edge", fronts=[orders], engine="nginx")  #! GATEWAY009

backend = Backend("shop", gateway=edge, services=[orders])
