"""A referral service on a fresh database."""

import psycopg
import pytest
from psycopg.rows import dict_row

from stead.services import referrals
from stead.services.referrals.app import MIGRATIONS, create
from stead.testing.harness import running

CALLER = "auth-service"


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def run(database_url):
    """Start the service; further environment variables as keywords."""

    def start(**environ):
        told = {"DATABASE_URL": database_url, **environ}
        return running(create, service=referrals.service(), environ=told)

    return start


@pytest.fixture
def rows(database_url):
    """Read the database beside the service."""

    def read(query):
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    return read
