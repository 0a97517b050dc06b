"""Shop: orders, and the stock they come from."""

from stead import Backend, Environment, Gateway, Oidc, Route, Service, Workers

orders = Service("orders", worker="apps/orders", routes=[Route.user("GET", "/v1/orders")])
staging = Environment("staging", workers=Workers())

backend = Backend(
    "shop",
    gateway=Gateway(
        "gateway",
        users=Oidc("https://id.example.com/realms/shop", audience="shop"),  #! WORKER006
        fronts=[orders],
    ),
    services=[orders],
    environments=[Environment("dev"), staging],
)
