"""Shop: orders, and the stock they come from."""

from stead import Backend, Environment, Service

orders = Service("orders", image="ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
backend = Backend("shop", services=[orders], environments=[Environment("staging"), Environment("prod")])
