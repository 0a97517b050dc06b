"""A gateway in front of one service; Clerk signs the users in."""

from stead import Backend, Clerk, Gateway, Route, Service

orders = Service("orders", command="node orders.js", routes=[Route.user("GET", "/v1/orders")])

backend = Backend("shop", gateway=Gateway("gateway", users=Clerk(), fronts=[orders]), services=[orders])
