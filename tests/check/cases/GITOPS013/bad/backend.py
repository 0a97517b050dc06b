"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Gitops, Kubernetes, Service

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"
worker = Service("worker", image=IMAGE)
place = Kubernetes(
    "shop",
    gitops=Gitops("https://ann:secret@git.example.com/shop.git"),  #! GITOPS013
)
backend = Backend("shop", services=[worker], environments=[Environment("prod", kubernetes=place)])
