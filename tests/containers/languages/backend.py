"""Programs in other languages than Python: what a Dockerfile of each kind must be able to build and to run."""

from stead import Backend, Environment, Service

backend = Backend(
    "languages",
    services=[
        Service("web", command="node dist/main.js", folder="web"),
        Service("orders", command="go run -tags=containers ./cmd/orders -greeting 'good day'", folder="orders"),
        Service("bills", command="java -jar build/bills.jar", folder="bills"),
        Service("greeter", command="./serve", folder="greeter"),
    ],
    environments=[Environment("dev")],
)
