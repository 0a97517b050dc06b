"""Ensuring users: the backend's own service does it, and its outage has one answer."""

import asyncio
import time

import pytest
from litestar import post
from litestar.params import JSONBody

from stead.kit.app import service_app
from stead.kit.circuit_breaker import FAILURES, REST
from stead.kit.http_problem import HttpProblem
from stead.kit.settings import ServiceSettings, read
from stead.model import Call, Route, Service
from stead.services.auth import Telegram
from stead.services.auth.contract import Ensure, Ensured

TOKEN = {"TELEGRAM_BOT_TOKEN": "42:a-token-of-this-test-and-of-nobody"}
ROUTES = (Route.service("POST", "/v1/users/ensure", "ensure"),)
GAME = Service("game", app="a.game:create", routes=ROUTES, contract="users")
CALL = Call(lambda: GAME, ("ensure",), because="who plays is the game's business")
ANN = {"user_id": "7", "method": "telegram", "name": "Ann"}


def create():
    """A team's own users service, made with the kit."""
    known = {}

    @post("/v1/users/ensure", status_code=200)
    async def ensure(data: JSONBody[Ensure]) -> Ensured:
        created = data.user_id not in known
        known[data.user_id] = data.name
        return Ensured(data.user_id, created)

    return service_app(read(ServiceSettings), routes=ROUTES, handlers=[ensure])


@pytest.fixture
def game(neighbour):
    return lambda: neighbour(create, GAME, ["ensure"])


async def ensure(app, person=ANN, *, caller="tigrit-bot", **how):
    return await app.post("/v1/users/ensure", caller=caller, json=person, **how)


async def test_somebody_is_made_a_user_once(game, described):
    async with game() as (_, told), described(Telegram(), calls=[CALL], **TOKEN, **told) as auth:
        assert [(await ensure(auth)).json() for _ in range(2)] == [
            {"user_id": "7", "created": True},
            {"user_id": "7", "created": False},
        ]


async def test_only_who_declares_it_ensures(game, described):
    async with game() as (it, told), described(Telegram(), calls=[CALL], **TOKEN, **told) as auth:
        assert (await ensure(auth, caller="tigrit-api")).status_code == 403
        assert (await ensure(auth, caller="stranger")).status_code == 401
        assert (await ensure(auth, caller=None)).status_code == 401
        assert it.asked == 0


BAD = [
    {},
    {"user_id": "7"},
    {**ANN, "user_id": ""},
    {**ANN, "user_id": "x" * 256},
    {**ANN, "user_id": " 7"},
    {**ANN, "user_id": "7\u0000"},
    {**ANN, "user_id": 7},
    {**ANN, "method": ""},
    {**ANN, "method": "by post"},
    {**ANN, "name": 5},
    {**ANN, "more": 1},
]


async def test_what_names_nobody_is_refused_here(game, described):
    async with game() as (it, told), described(Telegram(), calls=[CALL], **TOKEN, **told) as auth:
        for person in BAD:
            answer = await ensure(auth, person)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body"), person
        assert it.asked == 0


OUTAGES = {
    "failing": "failing",
    "slow": "slow",
    "asking for patience": HttpProblem(429, "too_many", headers={"Retry-After": "7"}),
    "another service": HttpProblem(404, "not_found"),
    "not knowing us": HttpProblem(401, "unauthenticated"),
    "not letting us": HttpProblem(403, "operation_not_declared"),
    "not understanding": HttpProblem(400, "malformed_json"),
}


@pytest.mark.parametrize("state", OUTAGES.values(), ids=OUTAGES.keys())
async def test_an_outage_is_503_in_time_and_over_when_it_is_over(game, described, state):
    async with game() as (it, told), described(Telegram(), calls=[CALL], **TOKEN, **told) as auth:
        it.state = state
        started = time.monotonic()
        answer = await ensure(auth)
        assert time.monotonic() - started <= 2
        assert (answer.status_code, answer.json()["code"]) == (503, "users_unavailable")
        assert answer.headers["retry-after"] == ("7" if state == OUTAGES["asking for patience"] else "1")
        assert it.asked <= 3
        assert {(await auth.get(path)).status_code for path in ("/health", "/readyz")} == {200}
        it.state = "well"
        assert (await ensure(auth)).status_code == 200


async def test_who_has_less_time_is_told_in_that_time(game, described):
    async with game() as (it, told), described(Telegram(), calls=[CALL], **TOKEN, **told) as auth:
        it.state = "slow"
        started = time.monotonic()
        answer = await ensure(auth, headers={"x-envoy-expected-rq-timeout-ms": "400"})
        assert time.monotonic() - started < 1
        assert (answer.status_code, answer.json()["code"]) == (503, "users_unavailable")


async def test_many_who_ask_during_an_outage_are_no_storm(game, described):
    async with game() as (it, told), described(Telegram(), calls=[CALL], **TOKEN, **told) as auth:
        it.state = "failing"
        started = time.monotonic()
        for _ in range(4):
            assert (await ensure(auth)).status_code == 503
        assert it.asked <= FAILURES + (time.monotonic() - started) / REST + 1
        it.state = "well"
        async with asyncio.timeout(2):
            while (await ensure(auth)).status_code != 200:
                pass


async def test_a_service_that_is_not_there_is_an_outage(described):
    nowhere = {"USERS_SERVICE_URL": "http://127.0.0.1:9", "USERS_SERVICE_NAME": "game"}
    async with described(Telegram(), calls=[CALL], **TOKEN, **nowhere) as auth:
        answer = await ensure(auth)
        assert (answer.status_code, answer.json()["code"]) == (503, "users_unavailable")


@pytest.mark.parametrize("status", [409, 410, 422])
async def test_a_judgement_is_passed_on(game, described, status):
    async with game() as (it, told), described(Telegram(), calls=[CALL], **TOKEN, **told) as auth:
        it.state = HttpProblem(status, "banned", "Not this one.")
        answer = await ensure(auth)
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
            status,
            "banned",
            "Not this one.",
        )
        assert it.asked == 1


async def test_without_a_users_service_there_is_no_such_route(described):
    async with described(Telegram(), **TOKEN) as auth:
        assert (await ensure(auth)).status_code == 404
