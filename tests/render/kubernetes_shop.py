"""Backends in a cluster, for these tests: every kind of process, every source of secrets."""

from stead.model import (
    Autoscale,
    Backend,
    Clerk,
    Environment,
    ExternalSecrets,
    Gateway,
    Gitops,
    Health,
    Job,
    Kubernetes,
    Postgres,
    Redis,
    Route,
    Secrets,
    Server,
    Service,
    Setting,
    Vault,
)

SOURCES = {
    "secrets": Secrets(),
    "external": ExternalSecrets("vault", "shop/prod"),
    "vault": Vault("shop/prod", registry="registry"),
}
HOST = {"host": "shop.example.com", "gateway": "gateways/public"}


def shop(source=None, *, programs=True, edits=(), environments=None, **cluster):
    """A gateway, two services in Python, one program, jobs before and after."""
    database = Postgres()
    orders = Service(
        "orders",
        app="shop.orders:create",
        needs=[database, Redis()],
        settings=[Setting("PARTNER_KEY", secret=True), Setting("PARTNER_TOKEN", secret=True, default="")],
        routes=[Route.user("GET", "/v1/orders"), Route.service("POST", "/v1/book", "book")],
        replicas=2,
    )
    mail = Service(
        "mail",
        command="node mail.js",
        health=Health("/healthz", start_period=30),
        routes=[Route.service("POST", "/v1/send", "send")],
        settings=[Setting("SMTP_PASSWORD", secret=True)],
    )
    packer = Service("packer", command="node pack.js", port=None, calls=[orders.may("book")])
    stock = Service(
        "stock",
        app="shop.stock:create",
        calls=[orders.may("book"), *([mail.may("send")] if programs else [])],
        values={"GREETING": 'it\'s "$HOME" `x`'},
        settings=[Setting("GREETING")],
        routes=[Route.public("GET", "/v1/stock", timeout=12)],
    )
    given = HOST | {
        "pull_secret": "registry",
        "secrets": source or Secrets(),
        "servers": {"postgres": Server(5432, namespace="data"), "redis": Server(6379, cidr="10.1.2.3/32")},
        "autoscale": {stock: Autoscale(2, 5)},
        "egress": {orders: [Server(443, cidr="0.0.0.0/0")]},
        "values": {name.name: "https://id.example.com" for name in Clerk().settings if not name.secret},
        "gitops": Gitops("https://git.example.com/shop.git"),
    }
    prod = Environment("prod", kubernetes=Kubernetes("shop", **(given | cluster)))
    return Backend(
        "shop",
        gateway=Gateway("edge", users=Clerk(), fronts=[orders, stock]),
        services=[orders, stock, *([mail, packer] if programs else [])],
        jobs=[
            Job("seed", entry="shop.jobs:seed", needs=[database]),
            Job("sweep", entry="shop.jobs:sweep", every="5m", needs=[database]),
            Job("report", entry="shop.jobs:report", runs="after", calls=[orders.may("book")]),
        ],
        environments=environments or [Environment("dev"), prod],
        registry="registry.example.com/shop",
        edits=edits,
    )
