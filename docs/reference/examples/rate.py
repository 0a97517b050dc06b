"""One client may send 20 requests a second, and 40 at once."""

from stead import Backend, Gateway, Rate, Route, Service

orders = Service("orders", command="node orders.js", routes=[Route.public("GET", "/v1/orders")])
gateway = Gateway("gateway", fronts=[orders], rate=Rate(per_second=20, burst=40))

backend = Backend("shop", gateway=gateway, services=[orders])
