"""A backend with everything that a pipeline can have."""

import dataclasses

from stead.model import Artifacts, Backend, Build, Deploy, Environment, Gateway, Github, Gitlab, Health, Route, Service

PARTS = ("dependabot", "codeql", "commitlint", "labeler", "docs")  # of which renovate would be the other choice
STAGING, PROD = Environment("staging"), Environment("prod")
ORDERS = Service("orders", command="java -jar build/orders.jar", folder="orders")
READY = Service("ready", image="docker.io/shop/ready:1@sha256:" + 64 * "0")
WEB = Service("web", app="shop.web:create", routes=[Route.public("GET", "/v1/things")])
EDGE = Gateway("edge", fronts=[WEB])
COMMON = {
    "deploys": [
        Deploy(STAGING, urls={EDGE: "https://staging.example.com"}),
        Deploy(PROD, on="tag", urls={EDGE: "https://example.com"}),
    ],
    "artifacts": Artifacts("./gradlew build", ["backends/shop/orders/build/*.jar"]),
    "checks": ["uv run --locked pytest"],
}
SHOP = Backend(
    "shop",
    services=[ORDERS, READY, WEB],
    gateway=EDGE,
    environments=[Environment("dev"), STAGING, PROD],
    registry="ghcr.io/example",
    folder="backends/shop",
    pipelines=[Github(parts=PARTS, **COMMON), Gitlab(tags=["protected"], **COMMON)],
)
# One of a Dockerfile of its own; the other has a stage and arguments of it, and lies at the top of the repository.
PAID = Service("paid", build="paid", health=Health(probe=("/paid", "well")))
OWN = Service(
    "own", build=Build("../..", "own.Dockerfile", "slim", {"KIND": "small"}), health=Health(probe=("/own", "well"))
)


def with_pipelines(*pipelines, **changes):
    """Return the shop with other pipelines."""
    return dataclasses.replace(SHOP, pipelines=pipelines, **changes)
