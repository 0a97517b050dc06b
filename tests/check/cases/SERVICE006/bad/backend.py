"""Shop: orders, and the front end that asks for them."""

from stead import Backend, Service

web = Service("web", static=".")  #! SERVICE006
shop = Service("shop", static="../shop/dist")  #! SERVICE006
backend = Backend("shop", services=[web, shop])
