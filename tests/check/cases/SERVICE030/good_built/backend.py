"""Shop: orders, and the front end that asks for them."""

from stead import Backend, Service

web = Service("web", static="web/dist")
backend = Backend("shop", services=[web])
