"""Tigrit: a game, its mini app and its bot, over auth, sessions and secrets that know nothing of one another.

There is no orchestrator: each caller decides itself whom it asks, and knows no more of them than their contract.
"""

from game.service import ROUTES as GAME_ROUTES
from game.settings import GameSettings
from stead import (
    Autoscale,
    Backend,
    Call,
    Deploy,
    Dev,
    Environment,
    Gateway,
    Github,
    Kubernetes,
    Postgres,
    Redis,
    Server,
    Service,
    Setting,
)
from stead.services import auth, secrets, sessions
from tigrit_api.service import ROUTES as API_ROUTES
from tigrit_api.settings import ApiSettings
from tigrit_bot.service import ROUTES as BOT_ROUTES
from tigrit_bot.settings import BotSettings

vault = secrets.service(
    "secrets",
    holds=[
        Setting("TELEGRAM_BOT_TOKEN", secret=True, dev=Dev.BOT_TOKEN, help="The bot's token, as BotFather gave it."),
        sessions.SIGNING_KEY,
        Setting("JWT_SECRET", secret=True, dev=Dev.RANDOM, help="Signs the game's invitations."),
    ],
)
who = auth.service(
    "auth",
    users=[auth.Telegram()],
    calls=[
        vault.may("read", keys=["TELEGRAM_BOT_TOKEN"]),
        Call(
            lambda: game, ("ensure",), because="who plays is the game's business; that somebody is somebody is auth's"
        ),
    ],
)
visits = sessions.service("sessions", store=Redis(), calls=[vault.may("read", keys=["SESSION_SIGNING_KEY"])])
game: Service = Service(
    "game",
    app="game.app:create",
    settings=GameSettings,
    needs=[Postgres()],
    calls=[
        who.may("verify"),
        visits.may("create", "invalidate", "exchange"),
        vault.may("read", keys=["JWT_SECRET"]),
    ],
    routes=GAME_ROUTES,
    contract="users",
)

telegram = Service("telegram", app="stead.testing.telegram:create")  # stands in for Telegram in development
# What was said to Tigrit: the bot writes it, the mini app's API reads it.
spoken = Postgres()  # stead: ignore[BOUNDARY014] one team, one table, and neither works without it
bot = Service(
    "tigrit-bot",
    app="tigrit_bot.app:create",
    settings=BotSettings,
    needs=[spoken],
    calls=[who.may("ensure"), visits.may("create", "invalidate", "list"), telegram.may()],
    routes=BOT_ROUTES,
)
api = Service(
    "tigrit-api",
    app="tigrit_api.app:create",
    settings=ApiSettings,
    needs=[spoken],
    calls=[who.may("verify"), visits.may("list", "invalidate")],
    routes=API_ROUTES,
)

# The bot asks Telegram; nobody else reaches anything outside. Telegram sends it updates: of several that fetch them it
# would refuse all but one.
cluster = Kubernetes(
    "tigrit",
    host="api.tigrit.example.com",
    gateway="gateways/public",
    servers={"postgres": Server(5432, namespace="data"), "redis": Server(6379, namespace="data")},
    values={"TELEGRAM_WEBHOOK_URL": "https://api.tigrit.example.com/v1/telegram/updates"},
    egress={bot: [Server(443, cidr="0.0.0.0/0")]},
    autoscale=dict.fromkeys((vault, who, visits, game, bot, api), Autoscale(2, 4)),
    helm=True,
)
gateway = Gateway("gateway", users=sessions.users(visits), fronts=[game, api, bot, visits])
staging = Environment("staging", without=(telegram,))
prod = Environment("prod", without=(telegram,), kubernetes=cluster)

backend = Backend(
    "tigrit",
    gateway=gateway,
    services=[vault, who, visits, game, api, bot, telegram],
    environments=[
        Environment("dev"),
        staging,
        prod,
    ],
    folder="backends/tigrit",
    registry="ghcr.io/tigrit",
    pipelines=[
        Github(
            deploys=[
                Deploy(staging, urls={gateway: "https://staging.tigrit.example"}),
                Deploy(prod, on="tag", urls={gateway: "https://tigrit.example"}),
            ]
        )
    ],
)
