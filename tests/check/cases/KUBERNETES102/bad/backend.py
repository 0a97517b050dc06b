"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Kubernetes, Service, Setting

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"

worker = Service("worker", image=IMAGE, settings=[Setting("GREETING", default="hello")])
backend = Backend("shop", services=[worker], environments=[
    Environment("prod", kubernetes=Kubernetes("shop", values={"GRETING": "hi"})),  #! KUBERNETES102
])
