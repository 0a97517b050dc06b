"""Aquastream: clubs run river trips; people sign up, book, pay, are put into boats, and get messages."""

from typing import Any

from stead import (
    Autoscale,
    Backend,
    Call,
    Deploy,
    Environment,
    Gateway,
    Github,
    Gitops,
    HostOf,
    Infrastructure,
    Kubernetes,
    Postgres,
    Server,
    Service,
)
from stead.services import auth, crews, events, media, notifications, payments, secrets, sessions, users
from stead.testing.smtp import SmtpSettings

SHOP = "100500"  # the stand-in takes any shop
PAYEE = "Name=River club|PersonalAcc=40702810000000000001|BankName=Bank|BIC=044525000|CorrespAcc=0"
MAIL_PORT = 2525  # where the stand-in takes mail

# What stands in for the outside world in development.
yookassa = Service("yookassa", app="stead.testing.yookassa:create")
telegram = Service("telegram", app="stead.testing.telegram:create")
mail = Service("mail", app="stead.testing.smtp:create", settings=SmtpSettings)

vault = secrets.service(
    "secrets",
    holds=[
        auth.BOT_TOKEN,
        sessions.SIGNING_KEY,
    ],
)
who = auth.service("auth", users=[auth.Telegram()], calls=[vault.may("read", keys=["TELEGRAM_BOT_TOKEN"])])
visits = sessions.service("sessions", store=Postgres(), calls=[vault.may("read", keys=["SESSION_SIGNING_KEY"])])
messages = notifications.service("notifications", calls=[telegram.may(), mail.may()])
pay: Service[Any] = payments.service(
    "payments",
    calls=[
        Call(
            lambda: trips,
            ("read", "confirm", "revoke"),
            because="a payment confirms a booking, and a booking that ends is paid back",
        ),
        Call(
            lambda: files, ("read",), because="a transfer is shown by a file, and the file is of that payment's payer"
        ),
        yookassa.may(),
    ],
)
boats: Service[Any] = crews.service(
    "crews",
    calls=[Call(lambda: trips, ("read",), because="a place is for a confirmed booking, and is free when that ends")],
)
trips: Service[Any] = events.service("events", calls=[pay.may("refund"), boats.may("release"), messages.may("send")])
files: Service[Any] = media.service("media", calls=[trips.may("read"), pay.may("read")])
people = users.service(
    "users",
    calls=[
        visits.may("create", "exchange", "list", "invalidate"),
        messages.may("send", "contact", "forget"),
        who.may("verify"),
        trips.may("forget"),
        pay.may("forget"),
        boats.may("forget"),
        files.may("forget"),
    ],
)

STAND_INS = (yookassa, telegram, mail)
SERVERS = {"postgres": 6432, "s3": 443}
INTERNET, MAIL = (Server(port, cidr="0.0.0.0/0") for port in (443, 587))

gateway = Gateway("gateway", users=sessions.users(visits), fronts=[people, trips, boats, pay, files, messages, visits])


def cluster(namespace: str, host: str, tag: str = "") -> Kubernetes:
    """Return a namespace of the cluster: synced from this repository, and in the chart."""
    return Kubernetes(
        namespace,
        host=host,
        gateway="gateways/public",
        pull_secret="registry",
        servers={kind: Server(port, cidr="10.20.0.0/16") for kind, port in SERVERS.items()},
        egress={pay: [INTERNET], messages: [INTERNET, MAIL]},
        autoscale=dict.fromkeys((vault, who, visits, people, trips, boats, pay, files, messages), Autoscale(2, 4)),
        gitops=Gitops("https://git.example.com/aquastream/backend.git", tag=tag),
        helm=True,
    )


def servers(nodes: int) -> Infrastructure:
    """Return what Terraform makes: the images are in the registry of the forge."""
    return Infrastructure(
        "yandex",
        state="aquastream-terraform",
        dns_zone="aquastream.example",
        nodes=nodes,
        external=("registry",),
    )


staging = Environment(
    "staging",
    without=STAND_INS,
    kubernetes=cluster("aquastream-staging", "staging.aquastream.example"),
    infrastructure=servers(2),
)
prod = Environment(
    "prod",
    without=STAND_INS,
    kubernetes=cluster("aquastream", "api.aquastream.example", tag="v*"),
    infrastructure=servers(3),
)

backend = Backend(
    "aquastream",
    gateway=gateway,
    services=[vault, who, visits, people, trips, boats, pay, files, messages, *STAND_INS],
    environments=[
        Environment(
            "dev",
            {
                pay: {
                    "YOOKASSA_SHOP_ID": SHOP,
                    "PAYMENTS_QR_PAYEE": PAYEE,
                    "PAYMENTS_POLL_SECONDS": 2,
                    "PAYMENTS_SWEEP_SECONDS": 1,
                },
                messages: {"SMTP_HOST": HostOf(mail), "SMTP_PORT": MAIL_PORT, "SMTP_STARTTLS": False},
                mail: {"MAILBOX_PORT": MAIL_PORT},
                people: {"USERS_ADMINS": ("admin@aquastream.example",), "USERS_TRIES": 1000},
            },
        ),
        staging,
        prod,
    ],
    folder="backends/aquastream",
    registry="ghcr.io/aquastream",
    pipelines=[
        Github(
            file="ci-images.yml",
            deploys=[
                Deploy(staging, urls={gateway: "https://staging.aquastream.example"}),
                Deploy(prod, on="tag", urls={gateway: "https://api.aquastream.example"}),
            ],
            parts=["dependabot", "codeql", "commitlint", "labeler", "docs"],
        )
    ],
)
