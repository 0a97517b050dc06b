"""From two to ten of a service run, so that they use 60 % of the CPU that is kept for them."""

from stead import Autoscale, Backend, Environment, Kubernetes, Service

search = Service("search", command="node search.js")
cluster = Kubernetes("shop", autoscale={search: Autoscale(2, 10, cpu=60)})

backend = Backend(
    "shop", services=[search], environments=[Environment("prod", kubernetes=cluster)], registry="ghcr.io/example"
)
