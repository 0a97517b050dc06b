"""The operator reads `shop/prod/orders` of the store `vault`, and keeps the Secret `orders-secrets`."""

from stead import Backend, Environment, ExternalSecrets, Kubernetes, Service, Setting

orders = Service("orders", command="node orders.js", settings=[Setting("PARTNER_KEY", secret=True)])
cluster = Kubernetes("shop", secrets=ExternalSecrets("vault", "shop/prod"))

backend = Backend(
    "shop", services=[orders], environments=[Environment("prod", kubernetes=cluster)], registry="ghcr.io/example"
)
