"""Shop: a worker in a cluster."""

from stead import Autoscale, Backend, Environment, Kubernetes, Service

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"

worker = Service("worker", image=IMAGE)
other = Service("other", image="example.com/other@sha256:2222222222222222222222222222222222222222222222222222222222222222")
backend = Backend("shop", services=[worker], environments=[
    Environment("prod", kubernetes=Kubernetes("shop", autoscale={other: Autoscale(2, 6)})),  #! KUBERNETES004
])
