"""Shop: orders, and the front end that asks for them."""

from stead import Backend, Route, Service

web = Service("web", static="web/dist")
pages = Service("pages", static="pages/dist", routes=[Route.public("GET", "/pages/{path:path}")])
backend = Backend("shop", services=[web, pages])
