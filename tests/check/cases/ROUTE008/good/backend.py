"""Shop: files that its customers send."""

from stead import Backend, Route, Service

image = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
files = Route.public("POST", "/v1/files", body="50MiB", timeout=60)
shop = Service("shop", image=image, routes=[files])
backend = Backend("shop", services=[shop])
