"""Shop: orders, and the stock they come from."""

from stead import Backend, Service

orders = Service("orders", worker="apps/orders")

backend = Backend("shop", services=[orders])
