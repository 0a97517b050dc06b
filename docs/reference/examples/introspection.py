"""The gateway asks the service `keys` about each credential that starts with `pat_`."""

from stead import Backend, Gateway, Introspection, Route, Service

keys = Service("keys", command="node keys.js", routes=[Route.service("POST", "/v1/introspect", "introspect")])
orders = Service("orders", command="node orders.js", routes=[Route.user("GET", "/v1/orders")])
users = Introspection(keys, prefix="pat_", path="/v1/introspect")

backend = Backend("shop", gateway=Gateway("gateway", users=users, fronts=[orders]), services=[keys, orders])
