"""A web application on another origin calls the gateway."""

from stead import Backend, Cors, Gateway, Route, Service

orders = Service("orders", command="node orders.js", routes=[Route.public("GET", "/v1/orders")])
gateway = Gateway("gateway", fronts=[orders], cors=Cors(("https://app.example.com",)))

backend = Backend("shop", gateway=gateway, services=[orders])
