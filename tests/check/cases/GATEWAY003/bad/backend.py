"""Shop: orders, and the stock they come from."""

from stead import Backend, Gateway, Introspection, Route, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

orders = Service("order-service", image=IMAGE, routes=[Route.user("GET", "/v1/orders")])
keys = Service("token-service", image=IMAGE, routes=[Route.service("ANY", "/v1/authorize", "introspect")])
users = Introspection(keys, "", "/v1/authorize")  #! GATEWAY003

backend = Backend("shop", gateway=Gateway("gateway", users=users, fronts=[orders]), services=[orders, keys])
