"""Shop: orders, and the stock they come from."""

from stead import Backend, Environment, Service, Workers

orders = Service("orders", worker="apps/orders")
staging = Environment("staging", workers=Workers("shop-account"))  #! WORKER003

backend = Backend("shop", services=[orders], environments=[Environment("dev"), staging])
