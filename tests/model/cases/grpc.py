"""gRPC where it cannot be served or asked."""

from stead import Backend, Gateway, Health, Route, Service

stock = Service(
    "stock",
    command="run",
    health=Health(grpc=True),
    routes=[
        Route.public("POST", "/shop.v1.Stock/Reserve", grpc=True),
        Route.public("POST", "/shop.v1.Stock/Watch", grpc=True, streams=True),
        Route.public("POST", "/shop.v1.Admin/{method}", grpc=True, body="4MiB"),
        Route.public("GET", "/shop.v1.Stock/Read", grpc=True),  #! ROUTE009
        Route.public("POST", "/v1/stock/reserve", grpc=True),  #! ROUTE009
        Route.public("POST", "/shop.v1.Stock/Put", grpc=True, streams=True, body="4MiB"),  #! ROUTE009
    ],
)
app = Service(
    "app",
    app="a:b",
    health=Health(grpc=True),  #! HEALTH004
    routes=[Route.public("POST", "/shop.v1.App/Ask", grpc=True)],  #! ROUTE009
)
both = Service("both", command="run", health=Health(grpc=True, probe=("true",)))  #! HEALTH004
nowhere = Service("nowhere", command="run", port=None, health=Health(grpc=True))  #! HEALTH004

backend = Backend("shop", gateway=Gateway("edge", fronts=[stock, app]), services=[stock, app, both, nowhere])
