"""Shop: orders, and the stock they come from."""

from stead import Backend, Service

orders = Service("order-service", command="true", args=["--fast"])  #! SERVICE003

backend = Backend("shop", services=[orders])
