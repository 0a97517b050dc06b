"""Shop: orders."""

from stead import Backend, Service

orders = Service("orders", command="node main.js", folder="orders")
backend = Backend("shop", services=[orders])
