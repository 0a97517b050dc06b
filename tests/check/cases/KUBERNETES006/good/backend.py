"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Gateway, Kubernetes, Route, Service

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"
worker = Service("worker", image=IMAGE, routes=[Route.public("GET", "/v1/things")])
backend = Backend(
    "shop",
    services=[worker],
    gateway=Gateway("gateway", fronts=[worker]),
    environments=[Environment("prod", kubernetes=Kubernetes("shop", host="shop.example.com", gateway="gateways/public"))],
)
