"""What a sign-up earns, with the real points and referral services on the loopback, which fail as services do."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from stead.kit.http_problem import HttpProblem
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key
from stead.services import points, referrals
from stead.services.points import app as ledgers
from stead.services.referrals import app as invitations
from stead.testing.clerk import user
from stead.testing.harness import App, running
from stead.testing.loopback import listening

CALLERS = {"auth-service": ("award", "attribute"), "api-gateway": ("front",)}


class Unreliable:
    """A service as others see it: when `away` it is of no use, when `forgetful` it works and loses the answer."""

    def __init__(self, app):
        self.app = app
        self.state = "well"
        self.asked = []

    async def __call__(self, scope, receive, send):
        self.asked.append(scope["path"])
        if self.state == "away":
            await HttpProblem(503, "away").send(send)
        elif self.state == "forgetful":
            await self.app(scope, receive, nowhere)
            await HttpProblem(502, "lost").send(send)
        else:
            await self.app(scope, receive, send)


async def nowhere(_message): ...


class World:
    """The services around auth, and how auth reaches them."""

    def __init__(self):
        self.keys = {name: new_private_key(name) for name in CALLERS}
        self.settings = {"SERVICE_JWT_SECRET": self.keys["auth-service"]}

    @asynccontextmanager
    async def beside(self, create, service, database, **settings):
        made = []

        def capture():
            made.append(create())
            return made[0]

        ring = {name: public_jwk(key, name, CALLERS[name]) for name, key in self.keys.items()}
        environ = {"DATABASE_URL": database, "SERVICE_JWT_KEYS": jwk_set(ring), **settings}
        async with running(capture, service=service, environ=environ) as app:
            seen = Unreliable(made[0])
            asked = App(app.client, service, {name: signing_key(key) for name, key in self.keys.items()})
            async with listening(seen) as url:
                yield asked, seen, url

    async def has_points(self, name):
        return (await self.points.get("/v1/points/balance", user=name)).json()["balance"] > 0

    async def entries(self, name):
        said = (await self.points.get("/v1/points/entries", user=name)).json()["entries"]
        return sorted((entry["reason"], entry["amount"]) for entry in said)

    async def code(self, name):
        return (await self.referrals.get("/v1/referrals/code", user=name)).json()["code"]

    async def has_brought(self, name):
        return (await self.referrals.get("/v1/referrals", user=name)).json()["referrals"] != []


@pytest.fixture
def context(new_database):
    @asynccontextmanager
    async def run(**settings):
        here = World()
        databases = new_database(ledgers.MIGRATIONS), new_database(invitations.MIGRATIONS)
        ledger = here.beside(ledgers.create, points.service("points-service"), databases[0], **settings)
        invites = here.beside(invitations.create, referrals.service("referral-service"), databases[1])
        async with (
            ledger as (here.points, here.ledger, points_url),
            invites as (here.referrals, here.invites, referrals_url),
        ):
            here.settings |= {"POINTS_SERVICE_URL": points_url, "REFERRAL_SERVICE_URL": referrals_url}
            yield here

    return run


async def until(happened, seconds=15.0):
    """Wait for something that another task does, and see that it stays so."""
    async with asyncio.timeout(seconds):
        while not await happened():
            await asyncio.sleep(0.05)


@pytest.fixture
def delivered(rows):
    async def nothing_is_left():
        return rows("SELECT id FROM procrastinate_jobs WHERE status IN ('todo', 'doing')") == []

    return lambda: until(nothing_is_left)


WELCOME = ("signup", 100)
REFERRER, REFEREE = ("referral:referrer", 50), ("referral:referee", 50)


async def test_a_sign_up_is_welcomed_and_says_so(context, auth, send, waiting, delivered):
    async with context() as around, auth(**around.settings) as app:
        await send(app, "user.created", user("user_1"))
        await delivered()
        assert await around.entries("user_1") == [WELCOME]
        assert (await app.get("/v1/me", user="user_1")).json()["points"] == "awarded"


async def test_who_brings_a_friend_is_awarded_and_so_is_the_friend(context, auth, send, waiting, delivered):
    async with context() as around, auth(**around.settings) as app:
        code = await around.code("user_ann")
        await send(app, "user.created", user("user_ben", unsafe_metadata={"referral_code": f" {code.lower()} "}))
        await delivered()
        assert await around.entries("user_ben") == sorted([WELCOME, REFEREE])
        assert await around.entries("user_ann") == [REFERRER]
        assert await around.has_brought("user_ann")


async def test_a_judgement_is_final_and_a_sign_up_is_one_all_the_same(context, auth, send, waiting, delivered, rows):
    async with context() as around, auth(**around.settings) as app:
        mine, other = await around.code("user_self"), await around.code("user_other")
        attribution = {"code": other, "referee": "user_taken"}
        await around.referrals.post("/v1/attributions", caller="auth-service", json=attribution, key="before")
        for name, code in (("user_self", mine), ("user_taken", mine), ("user_lost", "NOSUCHCODE"), ("user_odd", "!")):
            sent = await send(app, "user.created", user(name, unsafe_metadata={"referral_code": code}))
            assert sent.status_code == 204
        await delivered()
        for name in ("user_self", "user_taken", "user_lost", "user_odd"):
            assert await around.entries(name) == [WELCOME], name
        assert await around.entries("user_other") == []
        assert around.invites.asked.count("/v1/attributions") == 4
    assert rows("SELECT task_name, status::text FROM procrastinate_jobs") == []


async def test_while_services_are_away_sign_ups_go_on_and_nothing_is_lost(context, auth, send, waiting, delivered):
    async with context() as around, auth(**around.settings) as app:
        code = await around.code("user_ann")
        around.ledger.state = around.invites.state = "away"
        for n in range(3):
            data = user(f"user_{n}", unsafe_metadata={"referral_code": code})
            assert (await send(app, "user.created", data)).status_code == 204
        assert (await app.get("/v1/me", user="user_0")).json()["points"] == "pending"

        async def is_ready():
            return (await app.get("/readyz")).status_code == 200

        await until(is_ready)  # the outbox begins a moment after the service; an outage elsewhere does not matter
        around.ledger.state = around.invites.state = "well"
        await delivered()
        assert await around.entries("user_ann") == [REFERRER] * 3
        for n in range(3):
            assert await around.entries(f"user_{n}") == sorted([WELCOME, REFEREE])


async def test_lost_answers_double_nothing(context, auth, send, waiting, delivered):
    async with context() as around, auth(**around.settings) as app:
        code = await around.code("user_ann")
        around.ledger.state = around.invites.state = "forgetful"
        await send(app, "user.created", user("user_ben", unsafe_metadata={"referral_code": code}))
        await until(lambda: around.has_points("user_ben"))
        await until(lambda: around.has_brought("user_ann"))
        assert (await app.get("/v1/me", user="user_ben")).json()["points"] == "pending"
        around.invites.state = "well"
        await until(lambda: around.has_points("user_ann"))
        around.ledger.state = "well"
        await delivered()
        assert await around.entries("user_ben") == sorted([WELCOME, REFEREE])
        assert await around.entries("user_ann") == [REFERRER]
        assert (await app.get("/v1/me", user="user_ben")).json()["points"] == "awarded"


async def test_what_a_stopped_service_had_in_hand_is_done_by_the_next(context, auth, send, waiting, delivered):
    async with context() as around:
        code = await around.code("user_ann")
        around.ledger.state, around.invites.state = "away", "forgetful"
        async with auth(**around.settings) as app:
            await send(app, "user.created", user("user_ben", unsafe_metadata={"referral_code": code}))
            await until(lambda: around.has_brought("user_ann"))
        assert {name for name, _ in waiting()} == {"welcome", "attribution"}
        around.ledger.state = around.invites.state = "well"
        async with auth(**around.settings):
            await delivered()
        assert await around.entries("user_ben") == sorted([WELCOME, REFEREE])
        assert await around.entries("user_ann") == [REFERRER]


async def test_an_award_beyond_the_cap_waits_and_holds_nobody_else_up(context, auth, send, waiting, delivered, rows):
    cap = {"POINTS_VELOCITY_CAP": "120", "POINTS_VELOCITY_WINDOW_SECONDS": "3600"}
    async with context(**cap) as around, auth(**around.settings, AUTH_REFEREE_POINTS="1") as app:
        code = await around.code("user_ann")
        await send(app, "user.created", user("user_ann"))
        await delivered()
        for n in range(2):
            await send(app, "user.created", user(f"user_{n}", unsafe_metadata={"referral_code": code}))

        async def only_hers_wait():
            later = rows("SELECT args FROM procrastinate_jobs WHERE scheduled_at > now() + interval '50 minutes'")
            return [one["args"]["payload"]["user_id"] for one in later] == ["user_ann"] * 2 and len(waiting()) == 2

        await until(only_hers_wait)
        assert await around.entries("user_ann") == [WELCOME]
        for n in range(2):
            assert await around.entries(f"user_{n}") == [("referral:referee", 1), WELCOME]


LOGIN = ("referral:first_login", 100)


async def logs_in(send, app, name, session):
    return await send(app, "session.created", {"id": session, "object": "session", "user_id": name})


async def test_a_first_login_earns_the_referrer_a_bonus_once(context, auth, send, waiting, delivered):
    async with context() as around, auth(**around.settings, AUTH_FIRST_LOGIN_POINTS="100") as app:
        code = await around.code("user_ann")
        await send(app, "user.created", user("user_ben", unsafe_metadata={"referral_code": code}))
        await delivered()
        around.invites.state = "forgetful"
        assert (await logs_in(send, app, "user_ben", "sess_1")).status_code == 204
        await until(lambda: _asked(around, "/v1/first-logins"))
        around.invites.state = "well"
        await logs_in(send, app, "user_ben", "sess_2")
        await logs_in(send, app, "user_lone", "sess_3")
        await delivered()
        assert await around.entries("user_ann") == sorted([REFERRER, LOGIN])
        assert LOGIN not in await around.entries("user_ben")


async def _asked(around, path):
    return path in around.invites.asked


async def test_without_points_for_it_a_login_asks_nobody(context, auth, send, waiting):
    async with context() as around, auth(**around.settings) as app:
        assert (await logs_in(send, app, "user_ben", "sess_1")).status_code == 204
        assert waiting() == []
