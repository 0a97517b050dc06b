"""A token service on a fresh database."""

from contextlib import asynccontextmanager

import pytest

from stead.services.tokens.app import MIGRATIONS, create
from stead.services.tokens.service import service
from stead.testing.harness import running

SERVICE = service("token-service")


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def tokens(database_url):
    """Return what runs the service: `async with tokens(TOKEN_MAX_DAYS="10") as app`."""

    @asynccontextmanager
    async def run(create=create, **settings):
        async with running(create, service=SERVICE, environ={"DATABASE_URL": database_url, **settings}) as app:
            yield app

    return run
