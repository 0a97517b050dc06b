"""A payment provider outside, which one service may reach and no other; PostgreSQL at an address of its own."""

from stead import Backend, Environment, Kubernetes, Postgres, Server, Service

payments = Service("payments", command="node payments.js", needs=[Postgres()])
cluster = Kubernetes(
    "shop",
    servers={"postgres": Server(5432, cidr="10.20.0.5/32")},
    egress={payments: [Server(443, cidr="203.0.113.0/24")]},
)

backend = Backend(
    "shop", services=[payments], environments=[Environment("prod", kubernetes=cluster)], registry="ghcr.io/example"
)
