"""Hundreds of cancelled requests on every route of a service: afterwards no connection of any pool is missing.

The services of events are in `test_cancellation_by_document.py`, which holds that together they are the shelf.
"""

import random
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

from services.cancelled_requests import cancel_many, pools_are_full
from stead import Setting
from stead.model import Postgres
from stead.model import Redis as RedisResource
from stead.run.redis import Server, create_user
from stead.services import auth, content, points, referrals, sessions, tokens
from stead.services import secrets as secret_store
from stead.services.auth.app import create as create_auth
from stead.services.content.app import create as create_content
from stead.services.points.app import create as create_points
from stead.services.referrals.app import create as create_referrals
from stead.services.secrets.app import create as create_secrets
from stead.services.sessions.app import on_postgres, on_redis
from stead.services.tokens.app import create as create_tokens
from stead.testing.clerk import StandInClerk
from stead.testing.harness import running

ANSWERED = {200, 201, 204, 404, 409, 429}
EDITOR = {"user": "edith", "roles": ["editor"]}


async def auth_requests(app, clerk):
    def webhook():
        body, headers = clerk.webhook("user.created", {"id": f"user_{secrets.token_hex(6)}"})
        return ("POST", "/v1/webhooks/clerk", {"content": body, "headers": headers})

    return [
        webhook,
        lambda: ("GET", "/v1/me", {"user": "user_1"}),
        lambda: ("POST", "/v1/verify", {"json": {"token": clerk.session("user_1")}, "caller": "content-service"}),
    ]


async def content_requests(app, _):
    draft = {"title": "Meeting", "starts_at": "2099-01-01T00:00:00Z", "capacity": 5}
    made = await app.post("/v1/events", json=draft, **EDITOR)
    event = f"/v1/events/{made.json()['id']}"
    article = {"title": "News", "body": "Text", "published": True}
    city = {"country": "it", "name": "Rome"}
    place = {"city": "rome", "name": "Forum", "latitude": 41.9, "longitude": 12.5}
    return [
        lambda: ("PUT", "/v1/countries/it", {"json": {"name": "Italy"}, **EDITOR}),
        lambda: ("PUT", "/v1/cities/rome", {"json": city, **EDITOR}),
        lambda: ("PUT", "/v1/places/forum", {"json": place, **EDITOR}),
        lambda: ("GET", "/v1/countries", {}),
        lambda: ("GET", "/v1/countries/it/cities", {}),
        lambda: ("GET", "/v1/cities/rome/places", {}),
        lambda: ("GET", "/v1/places/forum", {}),
        lambda: ("PUT", "/v1/articles/news", {"json": article, **EDITOR}),
        lambda: ("GET", "/v1/articles", {}),
        lambda: ("GET", "/v1/articles/news", {}),
        lambda: ("GET", "/v1/events", {}),
        lambda: ("GET", event, {}),
        lambda: ("POST", "/v1/events", {"json": draft, "key": secrets.token_hex(8), **EDITOR}),
        lambda: ("PATCH", event, {"json": {"capacity": random.randint(1, 9)}, **EDITOR}),
        lambda: ("GET", f"{event}/registrations", EDITOR),
        lambda: ("POST", f"{event}/registrations", {"user": person(), "key": secrets.token_hex(8)}),
        lambda: ("GET", f"{event}/registrations/me", {"user": person()}),
        lambda: ("DELETE", f"{event}/registrations/me", {"user": person()}),
        lambda: ("POST", f"{event}/promotions", {"json": {}, **EDITOR}),
    ]


async def points_requests(app, _):
    def award():
        return {"user_id": person(), "amount": 1, "reason": "test"}

    def batch():
        return {"awards": [{"key": secrets.token_hex(8), **award()} for _ in range(3)]}

    made = await app.post("/v1/awards", json=award(), caller="content-service", key="first")
    by = {"caller": "content-service"}
    reversal = f"/v1/entries/{made.json()['entry_id']}/reversals"
    return [
        lambda: ("POST", "/v1/awards", {"json": award(), "key": secrets.token_hex(8), **by}),
        lambda: ("POST", "/v1/awards/batch", {"json": batch(), **by}),
        lambda: ("POST", reversal, {"json": {"reason": "test"}, "key": "back", **by}),
        lambda: ("GET", f"/v1/users/{person()}/balance", by),
        lambda: ("GET", "/v1/points/balance", {"user": person()}),
        lambda: ("GET", "/v1/points/entries", {"user": person()}),
    ]


async def referrals_requests(app, _):
    code = (await app.get("/v1/referrals/code", user="ann")).json()["code"]

    def attribution():
        return {
            "json": {"code": code, "referee": person(100_000)},
            "caller": "auth-service",
            "key": secrets.token_hex(8),
        }

    def first_login():
        return {"json": {"referee": person()}, "caller": "auth-service", "key": secrets.token_hex(8)}

    return [
        lambda: ("GET", "/v1/referrals", {"user": person()}),
        lambda: ("GET", "/v1/referrals/code", {"user": person()}),
        lambda: ("POST", "/v1/referrals/code/rotate", {"user": person()}),
        lambda: ("GET", "/v1/referrals/stats", {"user": person()}),
        lambda: ("GET", "/v1/referrals/tree", {"user": person()}),
        lambda: ("POST", "/v1/referrals/claim", {"json": {"code": code}, "user": person(100_000)}),
        lambda: ("POST", "/v1/first-logins", first_login()),
        lambda: ("POST", "/v1/attributions", attribution()),
    ]


async def tokens_requests(app, _):
    wanted = {"name": "script", "scopes": ["points:read"]}
    made = (await app.post("/v1/tokens", json=wanted, user="ann", key="first")).json()
    by = {"caller": "api-gateway"}
    return [
        lambda: ("GET", "/v1/tokens", {"user": "ann"}),
        lambda: ("POST", "/v1/tokens", {"json": wanted, "user": person(10_000), "key": secrets.token_hex(8)}),
        lambda: ("DELETE", f"/v1/tokens/{made['id']}", {"user": person()}),
        lambda: ("POST", "/v1/introspect", {"data": {"token": made["token"]}, "may": ["introspect"], **by}),
        lambda: ("POST", "/v1/revocations", {"json": {"user_id": person()}, "caller": "auth-service", "key": "gone"}),
        lambda: ("GET", "/v1/authorize/v1/points/balance", authorization(made["token"])),
    ]


async def sessions_requests(app, _):
    by = {"caller": "auth-service"}
    new = {"user_id": "ann", "method": "clerk"}

    async def made():
        return (await app.post("/v1/sessions", json=new, key=secrets.token_hex(8), **by)).json()

    one, other = await made(), await made()
    shown = {"json": {"session": one["session"]}, **by}

    def ended():
        return {"json": {"session": other["session"]}, **by}

    return [
        lambda: ("POST", "/v1/sessions", {"json": {**new, "user_id": person()}, "key": secrets.token_hex(8), **by}),
        *(lambda path=path: ("POST", f"/v1/sessions/{path}", shown) for path in ("verify", "extend", "exchange")),
        lambda: ("POST", "/v1/sessions/rotate", ended()),
        lambda: ("POST", "/v1/sessions/invalidate", ended()),
        lambda: ("POST", "/v1/sessions/refresh", {"json": {"session": one["session"]}}),
        lambda: ("GET", "/v1/sessions/keys", by),
        lambda: ("GET", "/v1/users/ann/sessions", by),
        lambda: ("GET", "/v1/sessions", {"user": "ann"}),
        lambda: ("DELETE", "/v1/sessions", {"user": person()}),
        lambda: ("DELETE", "/v1/sessions/nobodys", {"user": person()}),
    ]


async def secrets_requests(app, _):
    return [lambda: ("GET", "/v1/secrets/JWT_SECRET", {"caller": "game", "may": ["read", "read:JWT_SECRET"]})]


def authorization(token):
    return {"headers": {"authorization": f"Bearer {token}"}, "caller": "api-gateway", "may": ["introspect"]}


def person(among=20):
    return f"person_{random.randrange(among)}"


POINTS = points.service("points-service")
SERVICES = {
    "auth": (create_auth, auth.service("auth-service"), auth_requests, {}),
    "content": (create_content, content.service(), content_requests, {}),
    "points": (create_points, POINTS, points_requests, {}),
    "referrals": (create_referrals, referrals.service(), referrals_requests, {}),
    "tokens": (create_tokens, tokens.service("token-service"), tokens_requests, {}),
    "sessions on postgres": (on_postgres, sessions.service(store=Postgres()), sessions_requests, {}),
    "sessions on redis": (on_redis, sessions.service(store=RedisResource()), sessions_requests, {}),
    "secrets": (
        create_secrets,
        secret_store.service(holds=[Setting("JWT_SECRET", secret=True)]),
        secrets_requests,
        {"game": ["read", "read:JWT_SECRET"]},
    ),
}


@pytest.fixture
def redis_url():
    folder = Path(tempfile.mkdtemp(prefix="stead-redis-"))
    server = Server(folder, durable=False)
    server.start()
    yield create_user(server.url(), "cancelled", "a-password")
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def environ(request, tmp_path, database_url):
    name = request.node.callspec.params["name"]
    clerk = StandInClerk()
    told = {"SESSION_SIGNING_KEY": "0123456789abcdef" * 4, "JWT_SECRET": "a secret", "DATABASE_URL": database_url}
    told |= {"POINTS_CAP": "1000000", **clerk.environment(tmp_path)}
    if name == "sessions on redis":
        told["REDIS_URL"] = request.getfixturevalue("redis_url")
    return clerk, told


@pytest.mark.parametrize("name", SERVICES)
async def test_cancelled_requests_leave_every_pool_full(name, environ):
    create, service, requests_of, callers = SERVICES[name]
    clerk, told = environ
    made = []

    def remembered():
        made.append(create())
        return made[0]

    more = {"callers": callers} if callers else {}
    async with running(remembered, service=service, environ=told, **more) as app:
        samples = await requests_of(app, clerk)
        await every_route_is_answered(app, service, samples)
        await cancel_many(app, samples)
        await pools_are_full(made[0].parts)
        await every_route_is_answered(app, service, samples, ended=[401])  # the session that was invalidated
        ready = await app.get("/readyz")
        assert ready.status_code == 200, ready.text
        assert (await app.get("/livez")).status_code == 200


async def every_route_is_answered(app, service, samples, ended=()):
    for sample in samples:
        method, path, how = sample()
        answer = await app.request(method, path, **how)
        assert answer.status_code in {*ANSWERED, *ended}, (method, path, answer.text)
    assert len(samples) >= len(service.routes)
