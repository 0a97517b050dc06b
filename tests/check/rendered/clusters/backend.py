"""Shop: every kind of thing that runs in a cluster."""

from stead import (
    Autoscale,
    Backend,
    Clerk,
    Environment,
    ExternalSecrets,
    Gateway,
    Gitops,
    Job,
    Kubernetes,
    Postgres,
    Redis,
    Route,
    Secrets,
    Server,
    Service,
    Setting,
)

IMAGE = "ghcr.io/shop/app:2.1.0@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
stock = Service("stock", image=IMAGE, needs=[Redis()], routes=[Route.service("GET", "/v1/pieces", "count")])
orders = Service(
    "orders",
    image=IMAGE,
    needs=[Postgres()],
    settings=[Setting("PAY_KEY", secret=True, help="Opens the bank's API.")],
    calls=[stock.may("count")],
    routes=[Route.user("GET", "/v1/orders")],
)
sweep = Job("sweep", image=IMAGE, runs="after", calls=[stock.may("count")])
fill = Job("fill", image=IMAGE, runs="before", needs=[Postgres()])
servers = {"postgres": Server(5432, namespace="data"), "redis": Server(6379, cidr="10.0.0.7/32")}
backend = Backend(
    "shop",
    registry="ghcr.io/shop",
    gateway=Gateway("edge", users=Clerk(), fronts=[orders]),
    services=[orders, stock],
    jobs=[sweep, fill],
    environments=[
        Environment("dev"),
        Environment(
            "staging",
            kubernetes=Kubernetes(
                "shop-staging",
                servers=servers,
                monitoring="",
                secrets=Secrets(),
                host="s.shop.example",
                gateway_class="envoy",
                tls="shop-tls",
                values={"CLERK_ISSUER": "https://a.example", "CLERK_JWKS_URL": "https://a.example/k"},
            ),
        ),
        Environment(
            "prod",
            replicas={stock: 3},
            kubernetes=Kubernetes(
                "shop",
                servers=servers,
                secrets=ExternalSecrets("vault", "shop"),
                autoscale={orders: Autoscale(2, 5)},
                gateway_autoscale=Autoscale(2, 4),
                egress={orders: [Server(443, cidr="0.0.0.0/0")]},
                api_server=Server(6443, cidr="10.1.0.1/32"),
                host="shop.example",
                gateway="gateway-system/public",
                gitops=Gitops("https://git.example.com/shop.git"),
                values={"CLERK_ISSUER": "https://a.example", "CLERK_JWKS_URL": "https://a.example/k"},
            ),
        ),
    ],
)
