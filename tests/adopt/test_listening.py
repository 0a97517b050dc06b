"""Where a service listens, how it says that it is well, and what it is reached for: what lets a description run."""

import pytest

from adopt.adopting import adopted, service, setting
from stead.model import Dev

NODE = '{"scripts": {"start": "node a.js"}}'
SERVE = 'require("http").createServer(answer)'


def one(tmp_path, files, name="api"):
    text, backend = adopted(tmp_path, files)
    return text, service(backend, name)


@pytest.mark.parametrize(
    ("code", "port"),
    [
        (f"{SERVE}.listen(process.env.PORT)", "PORT"),
        (f"{SERVE}.listen(process.env.HTTP_PORT ?? 80)", "HTTP_PORT"),
        (f"{SERVE}.listen(4711)", 4711),
        ("setInterval(() => sweep(), 1000)", None),
    ],
)
def test_the_code_of_a_program_says_where_it_listens(tmp_path, code, port):
    _, api = one(tmp_path, {"api/package.json": NODE, "api/a.js": code})
    assert api.port == port


@pytest.mark.parametrize(
    ("command", "port"),
    [
        ('["uvicorn", "api:app", "--port", "8000"]', 8000),
        ('["uvicorn", "api:app"]', "UVICORN_PORT"),
        ('["gunicorn", "-b", "0.0.0.0:9000", "api:app"]', 9000),
        ('["flask", "run"]', "FLASK_RUN_PORT"),
    ],
)
def test_the_command_of_a_program_says_where_it_listens(tmp_path, command, port):
    files = {"api/Dockerfile": f"FROM python:3.12\nCMD {command}\n", "api/api.py": "app = FastAPI()\n"}
    _, api = one(tmp_path, files | {"compose.yaml": "services: {api: {build: api}}\n"})
    assert api.port == port


@pytest.mark.parametrize(
    ("code", "path", "tcp"),
    [
        ('if (url === "/health") return', "/health", False),
        ('app.get("/api/health", ok)', "/api/health", False),
        ('app.get("/healthz", ok)', "/healthz", False),
        ('app.get("/v1/books", ok)', "/health", True),
    ],
)
def test_a_program_is_asked_where_it_answers_and_else_for_a_connection(tmp_path, code, path, tcp):
    _, api = one(tmp_path, {"api/package.json": NODE, "api/a.js": f"{SERVE}.listen(process.env.PORT); {code}"})
    assert (api.health.path, api.health.tcp) == (path, tcp)
    assert api.health.contract is tcp


def test_a_program_that_keeps_the_contract_of_health_is_held_to_it(tmp_path):
    code = f'{SERVE}.listen(process.env.PORT); "/health"; ({{service: "api", env: "dev", status: "ok", version: v}})'
    _, api = one(tmp_path, {"api/package.json": NODE, "api/a.js": code})
    assert api.health.contract


def test_one_that_is_called_takes_every_path_of_its_callers(tmp_path):
    compose = "services: {api: {build: api, environment: {STOCK_URL: 'http://stock:80'}}, stock: {build: stock}}\n"
    files = {"compose.yaml": compose}
    for name in ("api", "stock"):
        files |= {f"{name}/package.json": NODE, f"{name}/a.js": f"{SERVE}.listen(process.env.PORT)"}
    _, backend = adopted(tmp_path, files)
    (route,) = service(backend, "stock").routes
    assert (str(route), route.access) == ("ANY /{path:path}", "service")
    assert service(backend, "api").calls[0].operations == (route.operation,)
    assert backend.gateway is None


def test_those_that_are_published_stand_behind_one_gateway(tmp_path):
    compose = "services: {shop: {build: shop, ports: ['80:80']}, blog: {build: blog, ports: ['81:80']}}\n"
    files = {"compose.yaml": compose}
    for name in ("shop", "blog"):
        files |= {f"{name}/package.json": NODE, f"{name}/a.js": f"{SERVE}.listen(process.env.PORT)"}
    text, backend = adopted(tmp_path, files)
    assert {each.name for each in backend.gateway.fronts} == {"shop", "blog"}
    assert backend.gateway.prefix == "/{service}"
    assert "guessed: each service below its own name, since their paths would overlap" in text


def test_a_value_that_is_a_callee_s_name_is_no_address(tmp_path):
    given = "{STOCK_URL: 'http://stock', SHOP_TITLE: Stock}"
    compose = (
        f"services: {{shop: {{image: 'example/shop:1', environment: {given}}}, stock: {{image: 'example/stock:1'}}}}\n"
    )
    _, shop = one(tmp_path, {"compose.yaml": compose}, "shop")
    assert setting(shop, "SHOP_TITLE").default == "Stock"


@pytest.mark.parametrize(
    ("name", "dev"),
    [("JWT_SECRET", Dev.RANDOM), ("SECRET_KEY", Dev.RANDOM), ("STRIPE_SECRET_KEY", None), ("SMTP_PASSWORD", None)],
)
def test_a_secret_of_its_own_is_made_on_a_laptop_and_another_s_is_asked_for(tmp_path, name, dev):
    compose = f"services: {{api: {{image: 'example/api:1', environment: ['{name}']}}}}\n"
    _, api = one(tmp_path, {"compose.yaml": compose})
    assert setting(api, name).dev is dev


def test_an_env_example_beside_the_code_gives_what_it_reads(tmp_path):
    files = {"api/package.json": NODE, "api/a.js": f"{SERVE}.listen(process.env.PORT); process.env.SEATS"}
    _, api = one(tmp_path, files | {"api/.env.example": "SEATS=120\nOTHER=1\n"})
    assert [(each.name, each.default) for each in api.declared] == [("SEATS", 120)]


def test_an_image_that_can_ask_itself_does(tmp_path):
    compose = "services: {api: {image: 'example/api:1-alpine', ports: ['80:8080']}}\n"
    _, api = one(tmp_path, {"compose.yaml": compose})
    assert (api.port, api.health.probe[0]) == (8080, "wget")
