"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Gitops, Kubernetes, Service

worker = Service("worker", command="node dist/main.js", folder="worker")
places = [Kubernetes(name, gitops=Gitops("https://git.example.com/shop.git")) for name in ("shop-staging", "shop")]
backend = Backend(
    "shop",
    services=[worker],
    registry="example.com",
    environments=[Environment("staging", kubernetes=places[0]), Environment("prod", kubernetes=places[1])],
)
