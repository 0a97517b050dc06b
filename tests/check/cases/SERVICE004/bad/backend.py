"""Shop: orders, and what is done for them."""

from stead import Backend, Service

worker = Service("worker", command="true", port=0)  #! SERVICE004

backend = Backend("shop", services=[worker])
