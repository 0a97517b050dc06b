"""The points service on a fresh database, and ways to ask it."""

from contextlib import asynccontextmanager

import pytest

from stead.services import points
from stead.services.points.app import MIGRATIONS, create
from stead.testing.harness import running

SERVICE = points.service()


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def service(database_url):
    """Return what runs the service for a block, with settings of one's own."""

    @asynccontextmanager
    async def run(**settings):
        environ = {"DATABASE_URL": database_url, **{name.upper(): str(value) for name, value in settings.items()}}
        async with running(create, service=SERVICE, environ=environ) as app:
            yield app

    return run
