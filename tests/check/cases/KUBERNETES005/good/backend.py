"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Kubernetes, Server, Service

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"

worker = Service("worker", image=IMAGE)
backend = Backend("shop", services=[worker], environments=[
    Environment("prod", kubernetes=Kubernetes("shop", egress={worker: [
        Server(443, cidr="0.0.0.0/0"),
    ]})),
])
