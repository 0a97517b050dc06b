"""A program in Node with a database of its own."""

from stead import Backend, Postgres, Route, Service, Setting

orders = Service(
    "orders",
    command="node dist/main.js",
    settings=[Setting("ORDERS_MAX", int, default=100, help="Orders that one user may have.")],
    needs=[Postgres()],
    routes=[Route.service("GET", "/v1/orders", "list")],
)

backend = Backend("shop", services=[orders])
