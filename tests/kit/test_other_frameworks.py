"""The kit's identity, health and problem parts around a FastAPI app and a bare Starlette one."""

from typing import Annotated

import httpx2
import pytest
from fastapi import Depends, FastAPI, Request
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route as Path

from kit.test_boundary import FRONT, KEYS, MAY, clock, token, user
from stead.kit.boundary import Boundary
from stead.kit.caller import Keyring
from stead.kit.health import Health
from stead.kit.http_problem import HttpProblem, Problems
from stead.kit.key import jwk_set, public_jwk, trusted_keys
from stead.kit.limits import Limits
from stead.kit.settings import ServiceSettings
from stead.kit.user import User
from stead.model import Route
from stead.model.request_limits import RequestLimits

SETTINGS = ServiceSettings(service_name="points-service", environment="test", version="1")
ROUTES = (
    Route.user("GET", "/v1/me"),
    Route.service("POST", "/v1/awards", "award"),
    Route.public("GET", "/v1/taken"),
    Route.public("GET", "/v1/broken"),
)


def who(request: Request) -> User:
    return request.state.user


def fastapi():
    app = FastAPI()

    @app.get("/v1/me")
    def me(user: Annotated[User, Depends(who)]) -> dict[str, str]:
        return {"id": user.id}

    @app.post("/v1/awards")
    async def award(request: Request) -> dict[str, str]:
        return {"caller": request.state.caller.name, "body": (await request.body()).decode()}

    @app.get("/v1/taken")
    def taken() -> None:
        raise HttpProblem(409, "taken", "It is taken.")

    @app.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError("hunter2")

    @app.get("/v1/hidden")
    def hidden() -> str:
        return "nobody declared this"

    return app


def starlette():
    def me(request):
        return JSONResponse({"id": request.state.user.id})

    async def award(request):
        return JSONResponse({"caller": request.state.caller.name, "body": (await request.body()).decode()})

    def taken(_request):
        raise HttpProblem(409, "taken", "It is taken.")

    def broken(_request):
        raise RuntimeError("hunter2")

    handlers = {"/v1/me": me, "/v1/taken": taken, "/v1/broken": broken, "/v1/hidden": me}
    return Starlette(routes=[Path("/v1/awards", award, methods=["POST"]), *(Path(*each) for each in handlers.items())])


def guarded(app):
    """Put the kit's layers around the routes: the last that is added is the outermost."""
    entries = {name: public_jwk(KEYS[name], name, may) for name, may in MAY.items()}
    keyring = Keyring(trusted_keys(jwk_set(entries), None), "points-service", clock=clock)
    app.add_middleware(Limits, limits=RequestLimits(body=10))
    app.add_middleware(Boundary, routes=ROUTES, keyring=keyring, service_name="points-service")
    app.add_middleware(Problems)
    app.add_middleware(Health, settings=SETTINGS)
    return app


@pytest.fixture(params=[fastapi, starlette])
def app(request):
    return guarded(request.param())


async def ask(app, method, path, headers=(), content=b""):
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x") as client:
        return await client.request(method, path, headers=list(headers), content=content)


async def test_health(app):
    body = {"service": "points-service", "env": "test", "status": "ok", "version": "1"}
    assert (await ask(app, "GET", "/health")).json() == body
    assert (await ask(app, "GET", "/readyz")).status_code == 200


async def test_identity(app):
    assert (await ask(app, "GET", "/v1/me", user(b"user_1"))).json() == {"id": "user_1"}
    awarded = await ask(app, "POST", "/v1/awards", [token("auth-service", "award")], b"five")
    assert awarded.json() == {"caller": "auth-service", "body": "five"}


REFUSED = [
    ("GET", "/v1/me", [], b"", 401, "unauthenticated"),
    ("GET", "/v1/me", [(b"x-user-id", b"admin")], b"", 401, "unauthenticated"),
    ("POST", "/v1/awards", [FRONT], b"", 403, "operation_not_declared"),
    ("GET", "/v1/hidden", user(), b"", 404, "not_found"),
    ("GET", "/docs", [FRONT], b"", 404, "not_found"),
    ("GET", "/v1/awards", [FRONT], b"", 405, "method_not_allowed"),
    ("POST", "/v1/awards", [token("auth-service", "award")], b"more than ten", 413, "body_too_large"),
    ("GET", "/v1/taken", [FRONT], b"", 409, "taken"),
    ("GET", "/v1/broken", [FRONT], b"", 500, "internal"),
]


@pytest.mark.parametrize(("method", "path", "headers", "content", "status", "code"), REFUSED)
async def test_refusals_are_problem_documents(app, method, path, headers, content, status, code):
    answer = await ask(app, method, path, headers, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in answer.text
