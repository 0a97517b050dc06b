"""An auth service on a fresh database, trusting a stand-in for Clerk, with whatever it calls on the loopback."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
import uvicorn
from psycopg.rows import dict_row

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
    async def run(**settings):
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


@asynccontextmanager
async def listening(app):
    """Serve an ASGI app on a port of the loopback, and give its URL."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
        listener.close()


async def until(happened, seconds=15.0):
    """Wait for something that another task does."""
    async with asyncio.timeout(seconds):
        while not (found := await happened()):  # noqa: ASYNC110 - what is waited for is in a database
            await asyncio.sleep(0.05)
    return found
