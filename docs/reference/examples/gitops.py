"""Argo CD follows the branch `production` of a repository, and syncs it into the namespace `shop`."""

from stead import Backend, Environment, Gitops, Kubernetes, Service

orders = Service("orders", command="node orders.js")
cluster = Kubernetes("shop", gitops=Gitops("https://git.example.com/shop/backend.git", revision="production"))

backend = Backend(
    "shop", services=[orders], environments=[Environment("prod", kubernetes=cluster)], registry="ghcr.io/example"
)
