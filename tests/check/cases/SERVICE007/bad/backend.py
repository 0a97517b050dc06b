"""Shop: orders, and the front end that asks for them."""

from stead import Backend, Route, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

orders = Service("orders", image=IMAGE, routes=[Route.service("GET", "/v1/orders", "list")])
send = Route.public("POST", "/orders")  #! SERVICE007
live = Route.public("GET", "/live", websocket=True)  #! SERVICE007
web = Service("web", static="web/dist", calls=[orders.may("list")], routes=[send, live])  #! SERVICE007
more = Service("more", static="more/dist", folder="web")  #! SERVICE007
backend = Backend("shop", services=[web, more, orders])
