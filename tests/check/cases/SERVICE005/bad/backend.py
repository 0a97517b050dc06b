"""Shop: orders, and what is done for them."""

from stead import Backend, Route, Service

worker = Service("worker", command="true", port=None, routes=[Route.public("GET", "/v1/x")])  #! SERVICE005

backend = Backend("shop", services=[worker])
