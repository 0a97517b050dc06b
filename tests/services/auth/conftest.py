"""An auth service on a fresh database, trusting a stand-in for Clerk, with whatever it calls on the loopback."""

import asyncio
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
from psycopg.rows import dict_row

from stead.kit.http_problem import HttpProblem
from stead.kit.key import jwk_set, new_private_key, public_jwk
from stead.model.environment_value import as_text
from stead.model.setting import REQUIRED
from stead.services import points, referrals
from stead.services.auth.app import create
from stead.services.auth.service import service
from stead.services.auth.sign_ups import MIGRATIONS
from stead.testing.clerk import StandInClerk
from stead.testing.harness import running
from stead.testing.loopback import listening

LEDGER = points.service("points-service")
INVITES = referrals.service("referral-service")
SERVICE = service("auth-service", calls=[LEDGER.may("award"), INVITES.may("attribute")])


@pytest.fixture(scope="session")
def clerk():
    return StandInClerk()


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def auth(database_url, clerk, tmp_path):
    """Return what runs the service: `async with auth(POINTS_SERVICE_URL=…) as app`."""

    @asynccontextmanager
    async def run(create=create, **settings):
        environ = {"DATABASE_URL": database_url, **clerk.environment(tmp_path), **settings}
        async with running(create, service=SERVICE, environ=environ) as app:
            yield app

    return run


@pytest.fixture
def send(clerk):
    """Return what sends a signed webhook: `await send(app, "user.created", {"id": "user_1"})`."""

    async def deliver(app, type, data, *, id="", at=None):
        body, headers = clerk.webhook(type, data, id=id, at=at)
        return await app.post("/v1/webhooks/clerk", content=body, headers=headers)

    return deliver


@pytest.fixture
def rows(database_url):
    """Return what reads the service's own database."""

    def read(query, *values):
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    return read


@pytest.fixture
def waiting(rows):
    """Return the messages that wait in the outbox, by name."""

    def read():
        jobs = rows("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [(job["task_name"], job["args"]["payload"]) for job in jobs]

    return read


CALLERS = {"game": ["verify", "ensure"], "tigrit-api": ["verify"], "tigrit-bot": ["ensure"]}


@pytest.fixture
def described():
    """Return what runs a service as it is described: `async with described(Telegram(), TELEGRAM_BOT_TOKEN=…) as app`.

    What the description says reaches the process as the runner would hand it over: through the environment.
    """

    @asynccontextmanager
    async def run(*users, calls=(), store=None, create=create, **settings):
        made = service("auth", users=users, calls=calls, store=store)
        known = {one.name: as_text(one.default) for one in made.declared if one.default not in (None, REQUIRED)}
        known |= {name: as_text(value) for name, value in made.values.items()}
        async with running(create, service=made, environ={**known, **settings}, callers=CALLERS) as app:
            yield app

    return run


@pytest.fixture
def reasons(caplog):
    """Return why credentials were refused so far, as the log says it, and forget it."""
    caplog.set_level("INFO", logger="stead.services.auth.routes")

    def read():
        found = [record.reason for record in caplog.records if hasattr(record, "reason")]
        caplog.clear()
        return found

    return read


class Neighbour:
    """Another service of the backend, as auth reaches it: real, and out of order when told so.

    state   `well`, `failing` (500), `slow` (3 s), or a Refusal that it answers
    """

    def __init__(self, app):
        self.app = app
        self.state = "well"
        self.asked = 0
        self.over = asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.asked += 1
        if isinstance(self.state, HttpProblem):
            await self.state.send(send)
        elif self.state == "failing":
            await HttpProblem(500, "internal").send(send)
        else:
            if self.state == "slow":
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.over.wait(), 3)
            await self.app(scope, receive, send)


@pytest.fixture
def neighbour():
    """Return what runs another service beside auth, which is its only caller.

    `async with neighbour(create, SERVICE, may=["read"]) as (it, told)`: `told` is for auth's environment.
    """

    @asynccontextmanager
    async def run(create, service, may, **settings):
        made, key = [], new_private_key("auth")

        def capture():
            made.append(create())
            return made[0]

        ring = jwk_set({"auth": public_jwk(key, "auth", tuple(may))})
        environ = {**settings, "SERVICE_JWT_KEYS": ring}
        async with running(capture, service=service, environ=environ):
            it = Neighbour(made[0])
            async with listening(it) as url:
                name = f"{service.contract.upper()}_SERVICE"
                yield it, {f"{name}_URL": url, f"{name}_NAME": service.name, "SERVICE_JWT_SECRET": key}
                it.over.set()

    return run
