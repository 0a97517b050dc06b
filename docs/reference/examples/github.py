"""A push to main ships to staging, a release ships to production, and the smoke tests ask the gateway of each."""

from stead import Backend, Deploy, Environment, Gateway, Github, Route, Service

orders = Service("orders", command="node orders.js", routes=[Route.public("GET", "/v1/orders")])
gateway = Gateway("gateway", fronts=[orders])
staging, prod = Environment("staging"), Environment("prod")

backend = Backend(
    "shop",
    services=[orders],
    gateway=gateway,
    environments=[Environment("dev"), staging, prod],
    registry="ghcr.io/example",
    pipelines=[
        Github(
            deploys=[
                Deploy(staging, urls={gateway: "https://staging.example.com"}),
                Deploy(prod, on="tag", urls={gateway: "https://example.com"}),
            ],
            checks=["npm test"],
            parts=["dependabot", "codeql"],
        )
    ],
)
