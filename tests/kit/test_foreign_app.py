"""What `app=` names stands behind the boundary whoever wrote it: FastAPI, Starlette, a bare ASGI app, a WSGI app."""

import pytest

from kit import foreign
from stead.kit.foreign_app import complete
from stead.kit.serve import served
from stead.kit.settings import SettingsError
from stead.model import Route, Service
from stead.model.application import NotAnAppError
from stead.model.wiring import routes_text
from stead.testing.harness import running

SERVICE = Service(
    "reviews",
    app="kit.foreign:fastapi",
    routes=[
        Route.public("GET", "/v1/open"),
        Route.user("GET", "/v1/mine"),
        Route.user("GET", "/v1/admin", roles=("admin",)),
        Route.service("POST", "/v1/reviews", "review"),
    ],
)
ROUTES = {"SERVICE_ROUTES": routes_text(SERVICE)}
PROGRAMS = ["fastapi", "fastapi_app", "starlette_app", "bare_asgi", "wsgi"]


CALLERS = {"orders": ["review"], "stranger": ["other"]}

each_program = pytest.mark.parametrize("program", PROGRAMS)


def started(program):
    return running(lambda: served(f"kit.foreign:{program}"), service=SERVICE, environ=ROUTES, callers=CALLERS)


@each_program
async def test_a_declared_caller_is_let_in_and_named(program):
    async with started(program) as app:
        answer = await app.post("/v1/reviews", caller="orders", content=b"five stars")
        assert answer.status_code == 200
        assert answer.json() == {"what": "reviews", "headers": {"x-service-caller": "orders"}, "body": "five stars"}


@each_program
async def test_what_is_not_declared_is_refused(program):
    async with started(program) as app:
        refusals = {
            "no token": (await app.request("POST", "/v1/reviews", gateway=False)).status_code,
            "unknown caller": (await app.post("/v1/reviews", caller="nobody")).status_code,
            "undeclared operation": (await app.post("/v1/reviews", caller="stranger", may=["other"])).status_code,
            "undeclared operation in its token": (
                await app.post("/v1/reviews", caller="stranger", may=["review"])
            ).status_code,
            "undeclared path": (await app.get("/v1/hidden", caller="orders")).status_code,
            "undeclared method": (await app.post("/v1/open", caller="orders")).status_code,
            "no user": (await app.get("/v1/mine", gateway=True)).status_code,
            "missing role": (await app.get("/v1/admin", user="ann")).status_code,
            "a user that a service brings": (await app.get("/v1/mine", caller="orders", user="ann")).status_code,
        }
        assert refusals == {
            "no token": 401,
            "unknown caller": 401,
            "undeclared operation": 403,
            "undeclared operation in its token": 403,
            "undeclared path": 404,
            "undeclared method": 405,
            "no user": 401,
            "missing role": 403,
            "a user that a service brings": 403,
        }


@each_program
async def test_a_user_reaches_the_app_by_the_gateways_headers_alone(program):
    async with started(program) as app:
        mine = (await app.get("/v1/mine", user="ann")).json()["headers"]
        assert mine["x-user-id"] == "ann"
        assert mine["x-service-caller"] == "api-gateway"
        assert "x-service-token" not in mine
        forged = {"x-user-id": "victim", "x-user-roles": "admin", "x-service-caller": "orders"}
        taken = (await app.get("/v1/open", headers=forged)).json()["headers"]
        assert taken == {"x-service-caller": "api-gateway"}


@each_program
async def test_health_and_metrics_are_those_of_every_service(program):
    async with started(program) as app:
        health = await app.request("GET", "/health", gateway=False)
        assert health.json() == {"service": "reviews", "env": "test", "status": "ok", "version": "test"}
        await app.get("/v1/open")
        metrics = (await app.request("GET", "/metrics", gateway=False)).text
        assert 'route="/v1/open"' in metrics


@each_program
async def test_a_body_over_the_limit_is_refused(program):
    async with started(program) as app:
        assert (await app.post("/v1/reviews", caller="orders", content=b"x" * 1_048_577)).status_code == 413


def test_without_its_routes_it_does_not_start(monkeypatch):
    monkeypatch.setenv("SERVICE_NAME", "reviews")
    monkeypatch.delenv("SERVICE_ROUTES", raising=False)
    with pytest.raises(SettingsError, match="SERVICE_ROUTES is missing"):
        complete(foreign.fastapi_app)
    monkeypatch.setenv("SERVICE_ROUTES", '[{"method":"GET"}]')
    with pytest.raises(SettingsError, match="SERVICE_ROUTES is malformed"):
        complete(foreign.fastapi_app)


def test_what_is_no_app_is_said():
    with pytest.raises(NotAnAppError, match="names a dict that is neither an ASGI or WSGI app nor a factory"):
        served("kit.foreign:fastapi_app.__dict__")


async def test_a_stand_in_is_made_with_the_kit_and_stays_as_it_is():
    stand_in = Service("telegram", app="stead.testing.telegram:create")
    async with running(lambda: served(stand_in.app), service=stand_in) as app:
        assert (await app.get("/bot1:token/getMe")).json()["ok"]
