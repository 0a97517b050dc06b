"""Aquastream: backend-crew, backend-event, backend-gateway, backend-media, backend-notification, backend-payment,
backend-user, mailpit.

A first description, made by `stead adopt` from env files, Compose files, manifests of packages, Dockerfiles. Edit it:
Stead does not write it again. Verify each line that is marked as guessed, answer each mark `could not tell`, and remove
the mark.

Left out: frontend (it is a frontend), minio-bootstrap (it makes buckets, which Stead does itself).

- guessed: of every service, how it starts: build.gradle has Spring Boot
- guessed: of backend-crew, backend-event, backend-media, backend-notification, backend-payment, backend-user, its
  Postgres: a separate database; today it has a schema in a shared one
- could not tell: of backend-gateway, backend-notification, backend-user, its Redis: in which variable it reads its
  Redis user, without which it is refused: parts={'user': …}
"""

from stead import Backend, Bucket, Build, Dev, Environment, Gateway, Health, Postgres, Redis, Route, Service, Setting

JWT_SECRET = Setting(
    "JWT_SECRET",
    secret=True,
    dev=Dev.RANDOM,
    help="Signs the tokens of users; gateway and user have the same.",
)
TELEGRAM_BOT_TOKEN = Setting("TELEGRAM_BOT_TOKEN", secret=True)

notification = Service(
    "backend-notification",
    command="../gradlew bootRun",
    build=Build(".", "backend-infra/docker/images/Dockerfile.notification"),
    folder="backend-notification",
    settings=[Setting("NOTIFICATIONS_ENABLED", bool, default=True), TELEGRAM_BOT_TOKEN],
    needs=[
        Postgres(
            parts={
                "jdbc": "SPRING_DATASOURCE_URL",
                "user": "SPRING_DATASOURCE_USERNAME",
                "password": "SPRING_DATASOURCE_PASSWORD",
            },
        ),
        Redis(parts={"host": "REDIS_HOST", "port": "REDIS_PORT", "password": "REDIS_PASSWORD"}),
    ],
    routes=[
        Route.service("ANY", "/{path:path}", "call"),  # guessed: every path, for those that call it: backend-event
    ],
    contract="notification",
    port="SERVER_PORT",
    health=Health("/actuator/health", contract=False),
)
event = Service(
    "backend-event",
    command="../gradlew bootRun",
    build=Build(".", "backend-infra/docker/images/Dockerfile.event"),
    folder="backend-event",
    needs=[
        Postgres(
            parts={
                "jdbc": "SPRING_DATASOURCE_URL",
                "user": "SPRING_DATASOURCE_USERNAME",
                "password": "SPRING_DATASOURCE_PASSWORD",
            },
        ),
    ],
    calls=[notification.may("call")],
    routes=[
        # guessed: every path, for those that call it: backend-crew, backend-gateway
        Route.service("ANY", "/{path:path}", "call"),
    ],
    addresses={"notification": "NOTIFICATION_SERVICE_URI"},
    contract="event",
    port="SERVER_PORT",
    health=Health("/actuator/health", contract=False),
)
crew = Service(
    "backend-crew",
    command="../gradlew bootRun",
    build=Build(".", "backend-infra/docker/images/Dockerfile.crew"),
    folder="backend-crew",
    needs=[
        Postgres(
            parts={
                "jdbc": "SPRING_DATASOURCE_URL",
                "user": "SPRING_DATASOURCE_USERNAME",
                "password": "SPRING_DATASOURCE_PASSWORD",
            },
        ),
    ],
    calls=[event.may("call")],
    routes=[
        Route.service("ANY", "/{path:path}", "call"),  # guessed: every path, for those that call it: backend-gateway
    ],
    addresses={"event": "EVENT_SERVICE_URI"},
    contract="crew",
    port="SERVER_PORT",
    health=Health("/actuator/health", contract=False),
)
media = Service(
    "backend-media",
    command="../gradlew bootRun",
    build=Build(".", "backend-infra/docker/images/Dockerfile.media"),
    folder="backend-media",
    settings=[Setting("MAX_UPLOAD_MB", int, default=25)],
    needs=[
        Postgres(
            parts={
                "jdbc": "SPRING_DATASOURCE_URL",
                "user": "SPRING_DATASOURCE_USERNAME",
                "password": "SPRING_DATASOURCE_PASSWORD",
            },
        ),
        Bucket(
            parts={
                "endpoint": "MINIO_ENDPOINT",
                "name": "MINIO_BUCKET",
                "key": "MINIO_ACCESS_KEY",
                "secret": "MINIO_SECRET_KEY",
            },
        ),
    ],
    routes=[
        Route.service("ANY", "/{path:path}", "call"),  # guessed: every path, for those that call it: backend-gateway
    ],
    contract="media",
    port="SERVER_PORT",
    health=Health("/actuator/health", contract=False),
)
payment = Service(
    "backend-payment",
    command="../gradlew bootRun",
    build=Build(".", "backend-infra/docker/images/Dockerfile.payment"),
    folder="backend-payment",
    settings=[
        Setting("YOOKASSA_RETURN_URL", default="http://localhost:3000/paid"),
        Setting("YOOKASSA_SECRET_KEY", secret=True),
        Setting("YOOKASSA_SHOP_ID"),
    ],
    needs=[
        Postgres(
            parts={
                "jdbc": "SPRING_DATASOURCE_URL",
                "user": "SPRING_DATASOURCE_USERNAME",
                "password": "SPRING_DATASOURCE_PASSWORD",
            },
        ),
    ],
    routes=[
        Route.service("ANY", "/{path:path}", "call"),  # guessed: every path, for those that call it: backend-gateway
    ],
    contract="payment",
    port="SERVER_PORT",
    health=Health("/actuator/health", contract=False),
)
user = Service(
    "backend-user",
    command="../gradlew bootRun",
    build=Build(".", "backend-infra/docker/images/Dockerfile.user"),
    folder="backend-user",
    settings=[
        JWT_SECRET,
        Setting("JWT_TTL_MINUTES", int, default=15),
        Setting("SPRING_PROFILES_ACTIVE", default="dev"),
        TELEGRAM_BOT_TOKEN,
    ],
    needs=[
        Postgres(
            parts={
                "jdbc": "SPRING_DATASOURCE_URL",
                "user": "SPRING_DATASOURCE_USERNAME",
                "password": "SPRING_DATASOURCE_PASSWORD",
            },
        ),
        Redis(parts={"host": "REDIS_HOST", "port": "REDIS_PORT", "password": "REDIS_PASSWORD"}),
    ],
    routes=[
        Route.service("ANY", "/{path:path}", "call"),  # guessed: every path, for those that call it: backend-gateway
    ],
    contract="user",
    port="SERVER_PORT",
    health=Health("/actuator/health", contract=False),
)
# could not tell: its routes: it forwards /api/v1/auth/**,/api/v1/users/** to user; /api/v1/events/** to event;
#   /api/v1/crews/** to crew; /api/v1/payments/** to payment; /api/v1/media/** to media
# could not tell: whether a Gateway, which has no code, can replace it
backend_gateway = Service(
    "backend-gateway",
    command="../gradlew bootRun",
    build=Build(".", "backend-infra/docker/images/Dockerfile.gateway"),
    folder="backend-gateway",
    settings=[
        Setting("CORS_ORIGINS", tuple, default=("http://localhost:3000",)),  # guessed: several values, by its name
        JWT_SECRET,
        Setting("RATE_PER_MINUTE", int, default=600),
    ],
    needs=[Redis(parts={"host": "REDIS_HOST", "port": "REDIS_PORT", "password": "REDIS_PASSWORD"})],
    calls=[crew.may("call"), event.may("call"), media.may("call"), payment.may("call"), user.may("call")],
    routes=[
        Route.public("ANY", "/{path:path}"),  # guessed: every path, as its port is published; name those that it serves
    ],
    addresses={
        "crew": "CREW_SERVICE_URI",
        "event": "EVENT_SERVICE_URI",
        "media": "MEDIA_SERVICE_URI",
        "payment": "PAYMENT_SERVICE_URI",
        "user": "USER_SERVICE_URI",
    },
    port="SERVER_PORT",
    health=Health("/actuator/health", contract=False),
)
# could not tell: how its clients find it: it is a mail server for development, which is not a resource of Stead's
mailpit = Service(
    "mailpit",
    image="axllent/mailpit:v1.21.2",  # could not tell: its digest
    port=8025,
    health=Health(probe=("/mailpit", "readyz"), contract=False),
)

# guessed: one gateway for the ports that are published today
gateway = Gateway("gateway", fronts=[backend_gateway])
backend = Backend(
    "aquastream",
    gateway=gateway,
    services=[crew, event, backend_gateway, media, notification, payment, user, mailpit],
    environments=[
        Environment(
            "dev",
            {backend_gateway: {"RATE_PER_MINUTE": 6000}, notification: {"NOTIFICATIONS_ENABLED": False}},
        ),
        Environment(
            "stage",
            {
                backend_gateway: {"CORS_ORIGINS": ("https://stage.aquastream.example",)},
                payment: {"YOOKASSA_RETURN_URL": "https://stage.aquastream.example/paid"},
            },
            without=(mailpit,),
        ),
    ],
)
