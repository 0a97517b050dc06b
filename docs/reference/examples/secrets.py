"""The partner's key is in the Secret `orders-secrets`, which somebody else makes."""

from stead import Backend, Environment, Kubernetes, Secrets, Service, Setting

orders = Service("orders", command="node orders.js", settings=[Setting("PARTNER_KEY", secret=True)])
cluster = Kubernetes("shop", secrets=Secrets())

backend = Backend(
    "shop", services=[orders], environments=[Environment("prod", kubernetes=cluster)], registry="ghcr.io/example"
)
