"""Shop: its stock, by gRPC."""

from stead import Backend, Health, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

health = Health(grpc=True)
stock = Service("stock", image=IMAGE, health=health)

backend = Backend("shop", services=[stock])
