"""A shop: orders are placed, stock is kept, letters are sent, and what is old is swept."""

from stead import Backend, Clerk, Environment, Gateway, Job, Postgres, Redis, Route, Service, Setting
from wishes.service import ROUTES
from wishes.settings import WishesSettings

stock = Service(
    "stock",
    command="node src/main.js",
    folder="stock",
    settings=[Setting("STOCK_LIMIT", int, default=100, minimum=1, help="Pieces that one order may take.")],
    needs=[Redis()],
    routes=[Route.service("POST", "/v1/reservations", "reserve"), Route.service("GET", "/v1/pieces", "count")],
)
mail = Service(
    "mail",
    command="go run .",
    folder="mail",
    settings=[
        Setting("MAIL_SENDER", default="shop@example.com", help="Who the letters are from."),
        Setting("SMTP_PASSWORD", secret=True, help="The password of the mail server."),
    ],
    routes=[Route.service("POST", "/v1/letters", "send")],
)
orders = Service(
    "orders",
    app="orders.app:create",
    settings=[Setting("ORDERS_CURRENCY", default="EUR", help="What prices are in.")],
    needs=[Postgres()],
    calls=[stock.may("reserve"), mail.may("send")],
    routes=[Route.user("POST", "/v1/orders"), Route.public("GET", "/v1/prices")],
)
wishes = Service("wishes", app="wishes.app:create", settings=WishesSettings, routes=ROUTES)
search = Service(
    "search",
    image="ghcr.io/example/search:2.1.0@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    calls=[wishes.may("grant", "read")],
)
sweep = Job("sweep", entry="tools.sweep:main", runs="after", calls=[stock.may("count")])

backend = Backend(
    "shop",
    gateway=Gateway("edge", users=Clerk(), fronts=[orders, wishes]),
    services=[stock, mail, wishes, orders, search],
    jobs=[sweep],
    environments=[
        Environment("dev", {stock: {"STOCK_LIMIT": 5}}),
        Environment("prod", without=(search,)),
    ],
)
