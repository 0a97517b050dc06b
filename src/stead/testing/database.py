"""What a test of a service asks for: a fresh PostgreSQL database, and `async def test_…` that just works.

A plugin of pytest: `-p stead.testing.database`, or `addopts` of a pyproject.toml. One server for a whole run, from the
wheel that Stead installs; one database a test, with a role of its own, gone after it. A container for each run, the
other way, takes seconds and a daemon.
"""

import asyncio
import inspect
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from stead.run.postgres import Cluster, create_database


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    """Run a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Run one PostgreSQL, started when the first test asks for it."""
    folder = Path(tempfile.mkdtemp(prefix="stead-pg-"))
    server = Cluster(folder, durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[str]:
    """Make a database for one test: the URL of its owner, who has nothing else."""
    name = f"t_{secrets.token_hex(6)}"
    yield create_database(cluster.url(), name, secrets.token_hex(16))
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
        connection.execute(SQL("DROP ROLE {}").format(Identifier(name)))
