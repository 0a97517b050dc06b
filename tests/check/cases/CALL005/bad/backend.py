"""Shop: orders, and the stock they come from."""

from stead import Backend, Route, Service, Setting

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

KEY = Setting("SIGNING_KEY", secret=True)
vault = Service("vault-service", image=IMAGE, routes=[Route.service("GET", "/v1/secrets/{key}", "read")], holds=[KEY])
orders = Service(
    "order-service",
    image=IMAGE,
    calls=[
        vault.may("read", keys=["SINGING_KEY"]),  #! CALL005
    ],
)

backend = Backend("shop", services=[orders, vault])
