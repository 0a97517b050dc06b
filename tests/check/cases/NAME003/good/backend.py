"""Shop: a proxy of its own."""

from stead import Backend, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
proxy = Service("proxy", image=IMAGE)
backend = Backend("shop", services=[proxy])
