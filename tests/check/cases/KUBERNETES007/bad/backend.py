"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Kubernetes, Service, Vault

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"

worker = Service("worker", image=IMAGE)
backend = Backend("shop", services=[worker], environments=[
    Environment("prod", kubernetes=Kubernetes("shop", secrets=Vault("data/shop/prod"))),  #! KUBERNETES007
])
