"""Shop: orders, which reach what is outside."""

from stead import Backend, Health, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

orders = Service("orders", image=IMAGE, health=Health(tcp=True), egress=["api.example.com:443"])

backend = Backend("shop", services=[orders])
