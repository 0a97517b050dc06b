"""Shop: orders, and the stock they come from."""

from stead import Backend, Environment, Service, Workers

orders = Service("orders", worker="apps/orders")
staging = Environment("staging", workers=Workers("0123456789abcdef0123456789abcdef"))

backend = Backend("shop", services=[orders], environments=[Environment("dev"), staging])
