"""Shop: orders, and the stock they come from."""

from stead import Backend, Route, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

stock = Service("stock", image=IMAGE, routes=[Route.service("POST", "/v1/reservations", "reserve")])
orders = Service("orders", image=IMAGE, calls=[stock.may("reserve")])

def larger(file: int) -> int:  #! DRIFT014
    return file


backend = Backend("shop", services=[stock, orders], edits=[larger])
