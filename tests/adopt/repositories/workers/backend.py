"""Rewards: api-gateway, auth-service, content-service, points-service, referral-service, token-service.

A first description, made by `stead adopt` from wrangler.toml, manifests of packages, OpenAPI documents. Edit it: Stead
does not write it again. Verify each line that is marked as guessed, answer each mark `could not tell`, and remove the
mark.

- guessed: of content-service, points-service, referral-service, its Postgres: by the name of DATABASE_URL
"""

from stead import Backend, Environment, Postgres, Route, Service, Setting

SERVICE_JWT_SECRET = Setting("SERVICE_JWT_SECRET", secret=True)

# could not tell: how it gets its port: Stead sets PORT
# could not tell: what stands for POINTS_EVENTS, a binding of Cloudflare's (analytics_engine_datasets)
points = Service(
    "points-service",
    command="pnpm run dev",  # guessed: its package.json has the script dev: wrangler dev
    folder="apps/points-service",
    settings=[
        Setting("POINTS_VELOCITY_CAP", int, default=1000),
        Setting("POINTS_VELOCITY_WINDOW_SECONDS", int, default=86400),
        SERVICE_JWT_SECRET,
    ],
    needs=[Postgres()],
    routes=[Route.service("POST", "/internal/awards", "award"), Route.user("GET", "/v1/points/balance")],
)
referral = Service(
    "referral-service",
    worker="apps/referral-service",
    settings=[SERVICE_JWT_SECRET],
    needs=[Postgres()],
    routes=[
        # guessed: every path, for those that call it: api-gateway, auth-service
        Route.service("ANY", "/{path:path}", "call"),
    ],
)
auth = Service(
    "auth-service",
    worker="apps/auth-service",
    settings=[Setting("CLERK_WEBHOOK_SECRET", default=None, secret=True)],
    needs=[
        Postgres(),  # guessed: by the name of DATABASE_URL, which its code does not require
    ],
    calls=[points.may("award"), referral.may("call")],
    routes=[
        Route.service("ANY", "/{path:path}", "call"),  # guessed: every path, for those that call it: api-gateway
    ],
)
content = Service(
    "content-service",
    worker="apps/content-service",
    needs=[Postgres()],
    calls=[points.may("award")],
    routes=[
        Route.service("ANY", "/{path:path}", "call"),  # guessed: every path, for those that call it: api-gateway
    ],
)
# could not tell: whether a Gateway, which has no code, can replace it
api_gateway = Service(
    "api-gateway",
    worker="apps/api-gateway",
    settings=[
        Setting("ALLOWED_ORIGINS", tuple, default=("http://localhost:5173",)),
        Setting("CLERK_JWT_SECRET", default=None, secret=True),
    ],
    calls=[auth.may("call"), content.may("call"), points.may("award"), referral.may("call")],
    routes=[
        Route.user("GET", "/v1/me"),
        Route.public("POST", "/v1/webhooks/clerk"),
        Route.public("GET", "/v1/events"),
        Route.user("POST", "/v1/events/{event_id}/registrations"),
        Route.user("GET", "/v1/referrals"),
        Route.user("GET", "/v1/points/balance"),
    ],
)
token = Service("token-service", worker="apps/token-service")

backend = Backend(
    "rewards",
    services=[api_gateway, auth, content, points, referral, token],
    environments=[
        Environment("dev"),
        Environment(
            "staging",
            {
                api_gateway: {
                    "ALLOWED_ORIGINS": ("https://staging.rewards.example", "https://preview.rewards.example"),
                },
                points: {"POINTS_VELOCITY_CAP": 200},
            },
        ),
    ],
)
