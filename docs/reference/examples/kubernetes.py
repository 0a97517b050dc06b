"""Production in the namespace `shop` of a cluster, at shop.example.com; PostgreSQL is in the namespace `data`."""

from stead import Autoscale, Backend, Environment, Gateway, Kubernetes, Postgres, Route, Server, Service

orders = Service(
    "orders",
    app="stead.services.points:create",
    contract="points",
    needs=[Postgres()],
    routes=[Route.public("GET", "/v1/orders")],
)
cluster = Kubernetes(
    "shop",
    host="shop.example.com",
    gateway="gateways/public",
    servers={"postgres": Server(5432, namespace="data")},
    autoscale={orders: Autoscale(2, 6)},
)

backend = Backend(
    "shop",
    services=[orders],
    gateway=Gateway("gateway", fronts=[orders]),
    environments=[Environment("dev"), Environment("prod", kubernetes=cluster)],
    registry="ghcr.io/example",
)
