"""Shop: orders, and the front end that asks for them."""

from stead import Backend, Service

web = Service("web", static="web")  #! SERVICE030
gone = Service("gone", static="pages/dst")  #! SERVICE030
backend = Backend("shop", services=[web, gone])
