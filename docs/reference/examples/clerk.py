"""Users sign in with Clerk; their roles are in the claim `groups`."""

from stead import Backend, Clerk, Gateway, Route, Service

orders = Service("orders", command="node orders.js", routes=[Route.user("DELETE", "/v1/orders/{id}", roles=("admin",))])
gateway = Gateway("gateway", users=Clerk(roles_claim="groups"), fronts=[orders])

backend = Backend("shop", gateway=gateway, services=[orders])
