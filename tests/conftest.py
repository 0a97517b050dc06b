"""What every test may ask for: a real PostgreSQL, a fresh database, and `async def test_…` that just works."""

import asyncio
import inspect
import secrets
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from stead.run.postgres import Cluster, create_database


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(scope="session")
def cluster():
    """One PostgreSQL for the whole run; started when the first test asks for it."""
    folder = Path(tempfile.mkdtemp(prefix="stead-pg-"))
    server = Cluster(folder, durable=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def database_url(cluster):
    """A fresh database with a role of its own, gone after the test."""
    name = f"t_{secrets.token_hex(6)}"
    yield create_database(cluster.url(), name, "a-password")
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
        connection.execute(SQL("DROP ROLE {}").format(Identifier(name)))
