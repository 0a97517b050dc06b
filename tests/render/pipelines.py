"""A backend with everything that a pipeline can have."""

import dataclasses

from hypothesis import strategies as st

from render.describing import backends
from stead.model import Artifacts, Backend, Build, Deploy, Environment, Gateway, Github, Gitlab, Health, Route, Service

PARTS = ("dependabot", "codeql", "commitlint", "labeler", "docs")  # of which renovate would be the other choice
TARGETS = ("compose", "kubernetes", "gitops", "workers")
REGISTRIES = ("ghcr.io/example", "registry.gitlab.com/example/shop", "registry.example.com:5000/shop")
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


@st.composite
def pipelined(draw):
    """Any description, with pipelines of both forges that ship it anywhere, or nowhere."""
    backend = draw(backends())
    chosen = draw(st.lists(st.sampled_from(backend.environments), unique_by=id)) if backend.environments else []
    to, on = st.sampled_from(TARGETS), st.sampled_from(["push", "tag"])
    deploys = [Deploy(each, to=draw(to), on=draw(on)) for each in chosen]
    common = {
        "deploys": deploys,
        "checks": draw(st.lists(st.sampled_from(["make test", 'test "$A" = "b"']), max_size=2)),
        "artifacts": draw(st.sampled_from([None, Artifacts("./gradlew build", ["a/build/libs/*.jar"])])),
        "platforms": draw(st.sampled_from([["linux/amd64"], ["linux/amd64", "linux/arm64"], ["linux/arm/v7"]])),
        "branch": draw(st.sampled_from(["main", "trunk", "release/next"])),
        "project": draw(st.sampled_from([".", "server", "a/b"])),
    }
    parts = draw(st.sets(st.sampled_from(PARTS)))
    both = [Github(parts=tuple(sorted(parts)), **common), Gitlab(tags=draw(st.sampled_from([(), ("own",)])), **common)]
    return dataclasses.replace(backend, registry=draw(st.sampled_from(REGISTRIES)), pipelines=both)
