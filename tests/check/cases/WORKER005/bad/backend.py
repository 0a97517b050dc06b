"""Shop: orders, and the stock they come from."""

from stead import Backend, Environment, Service, Workers

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

orders = Service("orders", worker="apps/orders")
search = Service("search", image=IMAGE)  #! WORKER005
staging = Environment("staging", workers=Workers())

backend = Backend("shop", services=[orders, search], environments=[Environment("dev"), staging])
