"""A shop: two services in Python."""

from stead import Backend, Environment, Service

orders = Service("orders", app="orders.app:create")
stock = Service("stock", app="stock.app:create")
backend = Backend("shop", services=[orders, stock], environments=[Environment("dev"), Environment("prod")])
