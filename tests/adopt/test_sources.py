"""What folders, documents and Workers tell, on repositories of two or three files."""

from adopt.adopting import ENTRY, PACKAGE, adopted, called, node, service, setting

WORKER = """
name = "orders-production"
main = "src/index.ts"
[vars]
LIMIT = 5
[[services]]
binding = "STOCK"
service = "stock"
[[durable_objects.bindings]]
name = "SHELF"
class_name = "Shelf"
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
    assert "what stands for SHELF, a binding of Cloudflare's (durable_objects)" in text


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
    assert "could not tell: which of these operations it calls" in text


def test_nothing_to_adopt_is_a_description_all_the_same(tmp_path):
    text, backend = adopted(tmp_path, {"README.md": "# Nothing\n"})
    assert backend.services == ()
    assert "nothing yet" in text


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
    assert "whether it calls stock: it waits for them, and gets no address" in text
