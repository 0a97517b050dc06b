"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Kubernetes, Service

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"

worker = Service("worker", image=IMAGE)
backend = Backend("ssssssssssssssssssssssssssssssssssssssss", services=[worker], environments=[
    Environment("production-of-the-other-house", kubernetes=Kubernetes("shop")),  #! KUBERNETES002
])
