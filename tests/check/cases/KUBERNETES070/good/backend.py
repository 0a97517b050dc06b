"""Shop: search asks for wishes, in a cluster."""

from stead import Backend, Environment, Kubernetes, Route, Service

IMAGE = "ghcr.io/shop/app:2.0@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
wishes = Service("wishes", image=IMAGE, routes=[Route.service("GET", "/v1/wishes", "read")])
search = Service("search", image=IMAGE, calls=[wishes.may("read")])
backend = Backend(
    "shop", services=[wishes, search], environments=[Environment("dev", kubernetes=Kubernetes("shop"))]
)
