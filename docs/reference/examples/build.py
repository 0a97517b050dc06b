"""A program that has a Dockerfile of its own; on this machine its command starts it."""

from stead import Backend, Build, Health, Service

web = Service(
    "web",
    command="node main.js",
    folder="web",
    build=Build("web", target="run", args={"MODE": "production"}),
    health=Health(path="/", contract=False),
)

backend = Backend("shop", services=[web])
