"""Shop: orders, and what is done for them."""

from stead import Backend, Service

worker = Service("worker", command="true", port=None)

backend = Backend("shop", services=[worker])
