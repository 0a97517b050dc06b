"""An auth service on a fresh database, trusting a stand-in for Clerk, with whatever it calls on the loopback."""

import secrets
from contextlib import asynccontextmanager

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from stead.run.postgres import create_database
from stead.services import points, referrals
from stead.services.auth.app import create
from stead.services.auth.service import service
from stead.testing.clerk import StandInClerk
from stead.testing.harness import running

LEDGER = points.service("points-service")
INVITES = referrals.service("referral-service")
SERVICE = service("auth-service", calls=[LEDGER.may("award"), INVITES.may("attribute")])


@pytest.fixture(scope="session")
def clerk():
    return StandInClerk()


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


@pytest.fixture
def databases(cluster):
    """Return what makes further databases, each gone after the test."""
    made = []

    def make():
        made.append(f"t_{secrets.token_hex(6)}")
        return create_database(cluster.url(), made[-1], "a-password")

    yield make
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        for name in made:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
            connection.execute(SQL("DROP ROLE {}").format(Identifier(name)))
