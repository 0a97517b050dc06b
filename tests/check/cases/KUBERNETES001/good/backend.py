"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Kubernetes, Service

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"

worker = Service("worker", image=IMAGE)
backend = Backend("shop", services=[worker], environments=[
    Environment("staging", kubernetes=Kubernetes("shop-staging")),
    Environment("prod", kubernetes=Kubernetes("shop")),
])
