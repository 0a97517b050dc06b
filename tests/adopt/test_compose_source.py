"""What a Compose file tells, with its overlays."""

import pytest

from adopt.adopting import adopted, called, node, service, setting
from stead.model.setting import REQUIRED

COMPOSE = """
services:
  orders:
    build: orders
    environment:
      - STOCK_URL=http://stock:3000
      - DATABASE_URL=postgresql://app:${DB_PASSWORD}@db:5432/orders
      - LIMIT=5
      - RATE=0.5
      - STRICT=true
      - ORIGINS=http://a.example,http://b.example
      - GREETING=${GREETING:-hello there}
      - PARTNER_TOKEN=t0ken
      - REGION
    depends_on: [db, stock]
  stock:
    build: {context: ., dockerfile: stock/Dockerfile}
    environment: {REDIS_URL: "redis://cache:6379/0"}
  db: {image: "postgres:16"}
  cache: {image: "valkey/valkey:8"}
  queue: {image: "rabbitmq:4.0.3"}
  migrate:
    image: example/migrate:1
    restart: "no"
"""


def test_compose(tmp_path):
    files = {
        "compose.yaml": COMPOSE,
        **node("orders"),
        **node("stock"),
        "stock/Dockerfile": "FROM scratch\nCOPY stock /\n",
    }
    text, backend = adopted(tmp_path, files)
    orders = service(backend, "orders")
    assert [process.name for process in backend.services] == ["orders", "queue", "stock"]
    assert [job.name for job in backend.jobs] == ["migrate"]
    assert (orders.command, orders.folder) == (("npm", "start"), "orders")
    assert called(orders) == ["stock"]
    assert orders.addresses == {"stock": "STOCK_URL"}
    assert [(need.kind, need.setting) for need in orders.needs] == [("postgres", "DATABASE_URL")]
    assert [(need.kind, need.setting) for need in service(backend, "stock").needs] == [("redis", "REDIS_URL")]
    values = {each.name: (each.type, each.default) for each in orders.declared if not each.secret}
    assert values == {
        "LIMIT": (int, 5),
        "RATE": (float, 0.5),
        "STRICT": (bool, True),
        "ORIGINS": (tuple, ("http://a.example", "http://b.example")),
        "GREETING": (str, "hello there"),
        "REGION": (str, REQUIRED),
    }
    assert setting(orders, "PARTNER_TOKEN").secret
    assert "t0ken" not in text


def test_an_overlay_says_what_differs(tmp_path):
    base = 'services:\n  orders:\n    build: orders\n    environment: {LIMIT: "5", SAME: "1"}\n'
    stage = 'services:\n  orders:\n    environment: {LIMIT: "50", SAME: "1"}\n'
    dev = "services:\n  mailpit: {image: 'axllent/mailpit:v1'}\n"
    files = {"compose.yaml": base, "compose.stage.yaml": stage, "compose.override.yaml": dev, **node("orders")}
    _, backend = adopted(tmp_path, files)
    assert [environment.name for environment in backend.environments] == ["dev", "stage"]
    assert backend.environment("stage").values == {service(backend, "orders"): {"LIMIT": 50}}
    assert backend.environment("stage").without == (service(backend, "mailpit"),)


def test_two_that_call_each_other(tmp_path):
    compose = """
services:
  game: {build: game, environment: {AUTH_SERVICE_URL: "http://auth:1"}}
  auth: {build: auth, environment: {GAME_SERVICE_URL: "http://game:1"}}
"""
    text, backend = adopted(tmp_path, {"compose.yaml": compose, **node("game"), **node("auth")})
    assert called(service(backend, "game")) == ["auth"]
    assert called(service(backend, "auth")) == ["game"]
    assert "Call(lambda: " in text
    assert "because=" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RABBITMQ_DEFAULT_PASS", "guest"),
        ("AMQP_URL", "amqp://guest:guest@queue:5672/"),
        ("SHOP_DSN", "host=db user=app password=P@ssw0rd dbname=app"),
        ("SENTRY", "https://0123456789abcdef@sentry.example/1"),
        ("API_KEY", "kkkkkk"),
        ("BOT", "123456789:AAE0kq-7hX3mZ2vB8nJd5sLw9RtYc1UfGoP"),
    ],
)
def test_what_may_be_a_secret_is_never_written(tmp_path, name, value):
    compose = f"""
services:
  orders:
    build: orders
    environment: {{{name}: '{value}'}}
  queue: {{image: 'rabbitmq:4'}}
"""
    text, backend = adopted(tmp_path, {"compose.yaml": compose, **node("orders")})
    assert value not in text
    assert setting(service(backend, "orders"), name).secret
    assert called(service(backend, "orders")) == []
