"""Shop: orders, and the stock they come from."""

from stead import Backend, Environment, Service, Workers

orders = Service("orders", worker="apps/orders")
staging = Environment("staging", workers=Workers())

backend = Backend("shop", services=[orders], environments=[Environment("dev"), staging])
