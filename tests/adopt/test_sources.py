"""What each kind of file tells, on repositories of two or three files."""

import pytest

from adopt.adopting import ENTRY, adopted, called, service, setting
from stead.adopt.image import image
from stead.adopt.setting import type_of
from stead.adopt.sources.oathkeeper import paths
from stead.adopt.text import plain
from stead.model.setting import REQUIRED

PACKAGE = '{"name": "x", "scripts": {"start": "node src/main.js"}}\n'


def node(name):
    return {f"{name}/package.json": PACKAGE, f"{name}/src/main.js": 'const health = "/health"; process.env.PORT;\n'}


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


MANIFESTS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: shared}
data: {ZONE: north, LIMIT: "7"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: orders
          image: registry.example.com/orders:1.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
          envFrom: [{configMapRef: {name: shared}}]
          env:
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: orders, key: p}}}
            - {name: CURRENCY, valueFrom: {configMapKeyRef: {name: shared, key: ZONE}}}
            - {name: MAIL_API_URL, value: "http://post.default.svc:8080"}
          livenessProbe: {httpGet: {path: /ok, port: 1}}
          resources: {limits: {cpu: "2", memory: 1Gi}}
---
apiVersion: v1
kind: Service
metadata: {name: post}
spec: {selector: {app: mail}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: mail}
spec: {template: {spec: {containers: [{name: mail, image: "example/mail:2"}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: sweep}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {containers: [{name: s, image: "example/sweep:2"}]}}}}
"""
PATCH = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec: {template: {spec: {containers: [{name: orders, env: [{name: LIMIT, value: "9"}]}]}}}
"""


def test_kubernetes(tmp_path):
    text, backend = adopted(tmp_path, {"k8s/base/all.yaml": MANIFESTS, "k8s/overlays/prod/orders.yaml": PATCH})
    orders = service(backend, "orders")
    assert (orders.replicas, orders.limits.cpus, orders.limits.memory) == (3, 2.0, 1024)
    assert (orders.health.path, orders.health.contract) == ("/ok", False)
    assert orders.image.endswith("15b0f00a08")
    assert (setting(orders, "ZONE").default, setting(orders, "CURRENCY").default) == ("north", "north")
    assert setting(orders, "PASSWORD").secret
    assert called(orders) == ["mail"]
    assert backend.environment("prod").values == {orders: {"LIMIT": 9}}
    assert service(backend, "sweep").cron == "0 3 * * *"
    assert "how Compose would run it" in text


NGINX = """
upstream orders_up { server orders:3000; }
server {
  location = /v1/prices { proxy_pass http://orders_up; }
  location /v1/orders { auth_request /auth; proxy_pass http://orders:3000; }
  location ~ \\.php$ { proxy_pass http://orders:3000; }
}
"""
KRAKEND = """{"version": 3, "endpoints": [
  {"endpoint": "/v1/prices", "backend": [{"host": ["http://orders:3000"], "url_pattern": "/p"}]},
  {"endpoint": "/v1/orders/{id}", "method": "PUT", "extra_config": {"auth/validator": {}},
   "backend": [{"host": ["http://orders:3000"]}]}]}"""
BUILT = "services:\n  orders: {build: orders}\n  edge: {image: 'nginx:1.27.3'}\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("edge/nginx.conf", NGINX, ["ANY /v1/prices public", "ANY /v1/orders user"]),
        ("edge/krakend.json", KRAKEND, ["GET /v1/prices public", "PUT /v1/orders/{id} user"]),
    ],
)
def test_a_gateway_that_is_configuration(tmp_path, name, text, expected):
    _, backend = adopted(tmp_path, {"compose.yaml": BUILT, name: text, **node("orders")})
    orders = service(backend, "orders")
    assert [f"{route} {route.access}" for route in orders.routes] == expected
    assert backend.gateway.fronts == (orders,)
    assert [each.name for each in backend.services] == ["orders"]


def test_the_labels_of_traefik(tmp_path):
    labels = 'traefik.http.routers.orders.rule: "Host(`a.example`) && PathPrefix(`/v1/orders`) && Method(`GET`)"'
    compose = f"services:\n  orders:\n    build: orders\n    labels:\n      {labels}\n"
    text, backend = adopted(tmp_path, {"compose.yaml": compose, **node("orders")})
    assert [str(route) for route in service(backend, "orders").routes] == ["GET /v1/orders"]
    assert "Traefik lets in whatever is below it" in text


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/v1/plans", ["/v1/plans"]),
        ("/v1/tenants/<[^/]+>/members", ["/v1/tenants/{id}/members"]),
        ("/v1/projects<(|/[^/]+)>", ["/v1/projects", "/v1/projects/{id}"]),
        ("/v1/files/<.*>", ["/v1/files/{id}"]),
        ("/v1/<(a|b)>", ["/v1/{id}"]),
    ],
)
def test_patterns_of_oathkeeper(pattern, expected):
    assert [path for path, _ in paths(pattern)] == expected


WORKER = """
name = "orders-production"
main = "src/index.ts"
[vars]
LIMIT = 5
[[services]]
binding = "STOCK"
service = "stock"
[[kv_namespaces]]
binding = "SHELF"
id = "0"
"""
INDEX = 'interface Env { LIMIT: number; SHELF: KVNamespace; API_KEY?: string }\nexport default { health: "/health" };\n'


def test_a_worker(tmp_path):
    files = {"a/wrangler.toml": WORKER, "a/src/index.ts": INDEX, "a/package.json": PACKAGE}
    files |= {"b/wrangler.toml": 'name = "stock"\nmain = "x.js"\n', "b/x.js": ENTRY, "b/package.json": PACKAGE}
    text, backend = adopted(tmp_path, files)
    orders = service(backend, "orders")
    assert [each.name for each in orders.declared] == ["API_KEY", "LIMIT"]
    assert setting(orders, "API_KEY").default is None
    assert called(orders) == ["stock"]
    assert "what stands for SHELF, a binding of Cloudflare's (kv_namespaces)" in text


def test_folders_that_nothing_runs(tmp_path):
    files = {
        "api/go.mod": "module example.com/api\n",
        "api/cmd/api/main.go": 'package main\n\nfunc main() { os.Getenv("LIMIT") }\n',
        "jobs/pyproject.toml": '[project]\nname = "jobs"\n[project.scripts]\nserve = "jobs:main"\n',
        "jobs/jobs.py": 'import os\n\nLIMIT = int(os.environ.get("LIMIT", "3"))\n',
        "web/package.json": '{"scripts": {"dev": "vite"}, "dependencies": {"vue": "3"}}',
        "web/src/index.ts": "",
        "lib/package.json": '{"name": "lib"}',
    }
    text, backend = adopted(tmp_path, files)
    assert {each.name: each.command for each in backend.services} == {
        "api": ("go", "run", "./cmd/api"),
        "jobs": ("uv", "run", "serve"),
    }
    assert setting(service(backend, "jobs"), "LIMIT").default == 3
    assert "web (it is a frontend)" in text
    assert "guessed: api/go.mod looks like a service's, and nothing here runs it" in text


def test_a_service_that_has_a_document(tmp_path):
    document = """{"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {
      "/v1/prices": {"get": {"operationId": "prices", "responses": {"200": {"description": "a"}}}},
      "/v1/grants": {"post": {"operationId": "grant", "security": [{"service": []}], "responses": {"200": {}}}},
      "/v1/takes": {"post": {"operationId": "take", "security": [{"service": []}], "responses": {"200": {}}}},
      "/health": {"get": {"responses": {"200": {}}}}},
      "components": {"securitySchemes": {"service": {"type": "http", "scheme": "bearer"}}}}"""
    compose = """
services:
  orders: {build: orders}
  shop: {build: shop, environment: {ORDERS_SERVICE_URL: "http://orders"}}
  till: {build: till, environment: {ORDERS_SERVICE_URL: "http://orders"}}
"""
    files = {"compose.yaml": compose, **node("orders"), **node("shop"), **node("till"), "orders/openapi.json": document}
    files["shop/src/main.js"] += "fetch(`${process.env.ORDERS_SERVICE_URL}/v1/grants`);\n"
    text, backend = adopted(tmp_path, files)
    routes = {str(route): (route.access, route.operation) for route in service(backend, "orders").routes}
    assert routes == {
        "GET /v1/prices": ("public", ""),
        "POST /v1/grants": ("service", "grant"),
        "POST /v1/takes": ("service", "take"),
    }
    assert service(backend, "shop").calls[0].operations == ("grant",)
    assert service(backend, "till").calls[0].operations == ("grant", "take")
    assert "could not tell: which of these operations it asks for" in text


def test_nothing_to_adopt_is_a_description_all_the_same(tmp_path):
    text, backend = adopted(tmp_path, {"README.md": "# Nothing\n"})
    assert backend.services == ()
    assert "nothing yet" in text


@pytest.mark.parametrize(
    ("name", "texts", "expected"),
    [
        ("LIMIT", ["5", "-3"], int),
        ("LIMIT", ["5", "0.5"], float),
        ("PHONE", ["007"], str),
        ("ID", ["1234567890123456789"], str),
        ("ON", ["true", "False"], bool),
        ("ON", ["true", "1"], str),
        ("ORIGINS", ["http://a"], tuple),
        ("NAMES", ["a,b"], tuple),
        ("NOTE", ["a, b"], str),
        ("LIMIT", [], str),
        ("EMPTY", [""], str),
    ],
)
def test_types_are_guessed_from_values(name, texts, expected):
    assert type_of(name, texts) is expected


@pytest.mark.parametrize(
    ("text", "known", "name", "pinned"),
    [
        ("postgres:16", "postgres:16", "postgres", False),
        ("localhost:5000/a/b", "localhost:5000/a/b", "b", False),
        ("ghcr.io/a/b:${TAG}", "ghcr.io/a/b", "b", False),
        ("a/b:1@sha256:00", "a/b:1@sha256:00", "b", True),
        ("${REGISTRY}/b:1", "", "b", False),
    ],
)
def test_images_are_taken_apart(text, known, name, pinned):
    told = image(text)
    assert (told.known, told.name, told.pinned) == (known, name, pinned)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("node", "a.js"), ("node", "a.js")),
        (("sh", "-c", "node a.js"), ("node", "a.js")),
        (("/bin/sh", "-c", ". /x\nexec node 'a b.js'\n"), ("node", "a b.js")),
        (("sh", "-c", "a && b"), ("sh", "-c", "a && b")),
        (("sh", "-c", 'exec a "unclosed'), ("a", '"unclosed')),
    ],
)
def test_shells_are_seen_through(command, expected):
    assert plain(command) == expected


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


def test_several_programs_of_one_go_module(tmp_path):
    main = "package main\n\nfunc main() {}\n"
    files = {"go.mod": "module example.com/shop\n", "cmd/orders/main.go": main, "cmd/stock/main.go": main}
    files["compose.yaml"] = (
        "services:\n  orders: {build: {context: ., dockerfile: docker/Dockerfile}, depends_on: [stock]}\n"
    )
    text, backend = adopted(tmp_path, files)
    assert [(each.name, each.command, each.folder) for each in backend.services] == [
        ("orders", ("go", "run", "."), "cmd/orders"),
        ("stock", ("go", "run", "."), "cmd/stock"),
    ]
    assert "whether it calls stock: it waits for them, and is told no address" in text
