"""Two environments: one that every push ships to, and one that a release ships to."""

from stead import Backend, Deploy, Environment, Github, Service

orders = Service("orders", command="node orders.js")
staging, prod = Environment("staging"), Environment("prod")
deploys = [
    Deploy(staging, urls={orders: "https://orders.staging.example.com"}),
    Deploy(prod, on="tag", urls={orders: "https://orders.example.com"}),
]

backend = Backend(
    "shop",
    services=[orders],
    environments=[Environment("dev"), staging, prod],
    registry="ghcr.io/example",
    pipelines=[Github(deploys=deploys)],
)
