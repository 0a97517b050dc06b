"""Shop: a worker."""

from stead import Backend, Service

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"
backend = Backend("shop", services=[Service("worker", image=IMAGE)])
