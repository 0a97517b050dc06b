"""Shop: orders, and what is done for them."""

from stead import Backend, Service

worker = Service("worker", command="true", port="HTTP_PORT")

backend = Backend("shop", services=[worker])
