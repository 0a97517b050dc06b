"""A sessions service, and its store alone, on a real Redis and on a real PostgreSQL."""

import secrets
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from stead.kit.database import Database
from stead.kit.redis import Redis
from stead.model import Postgres
from stead.model import Redis as RedisResource
from stead.run.redis import Server, create_user
from stead.services.sessions import service
from stead.services.sessions.app import MIGRATIONS, on_postgres, on_redis
from stead.services.sessions.store.postgres import PostgresStore
from stead.services.sessions.store.redis import RedisStore
from stead.testing.harness import running

KEY = "0123456789abcdef" * 4
CREATE = {"redis": on_redis, "postgres": on_postgres}


@pytest.fixture(scope="session")
def redis_server():
    """One Redis for all tests here."""
    folder = Path(tempfile.mkdtemp(prefix="stead-redis-"))
    server = Server(folder, durable=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(params=["redis", "postgres"])
def kind(request):
    return request.param


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def environ(kind, request):
    """What tells a service where its store is: a part of its own in either."""
    if kind == "postgres":
        return {"DATABASE_URL": request.getfixturevalue("database_url")}
    name = f"t{secrets.token_hex(6)}"
    url = create_user(request.getfixturevalue("redis_server").url(), name, "a-password")
    return {"REDIS_URL": url}


@pytest.fixture
def store(kind, environ):
    """Return what opens a store: `async with store() as opened`."""

    @asynccontextmanager
    async def opened():
        if kind == "postgres":
            part = Database(environ["DATABASE_URL"], migrations=MIGRATIONS)
            made = PostgresStore(part)
        else:
            part = Redis(environ["REDIS_URL"], prefix="sessions")
            made = RedisStore(part)
        await part.open()
        try:
            yield made
        finally:
            await part.close()

    return opened


@pytest.fixture
def sessions(kind, environ):
    """Return what runs the service: `async with sessions(SESSION_IDLE_SECONDS="1") as app`."""

    @asynccontextmanager
    async def run(**settings):
        told = {"SESSION_SIGNING_KEY": KEY, **environ, **settings}
        store = Postgres() if kind == "postgres" else RedisResource()
        async with running(CREATE[kind], service=service(store=store), environ=told) as app:
            yield app

    return run
