"""Databases of the run's PostgreSQL, each a copy of a template to which migrations were applied once.

A service's migrations cost 75 ms of CPU, and a copy of what they make 15. The copies of a template share its role: what
is in them belongs to it.
"""

import asyncio
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

from stead.kit import migrations as schema
from stead.kit.migrations import Migrations
from stead.run.postgres import Cluster, create_database, in_database

PASSWORD = "a-password"


class Databases:
    """Makes and drops them, over one connection of the superuser."""

    def __init__(self, server: Cluster) -> None:
        self._server = server
        self._admin = psycopg.connect(server.url(), autocommit=True)
        self._templates: dict[tuple[Migrations, ...], str] = {}

    def make(self, migrations: Sequence[Migrations] = ()) -> str:
        """Return the URL of a database with these migrations applied, as its owner."""
        template = self._template(tuple(migrations))
        name = Identifier(new := _name())
        copy = SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy")
        self._admin.execute(copy.format(name, Identifier(template), Identifier(template)))
        self._admin.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        return in_database(self._server.url(), new, template, PASSWORD)

    def drop(self, url: str) -> None:
        self._admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(urlsplit(url).path[1:])))

    def close(self) -> None:
        self._admin.close()

    def _template(self, migrations: tuple[Migrations, ...]) -> str:
        if migrations not in self._templates:
            name = _name()
            url = create_database(self._server.url(), name, PASSWORD)
            with ThreadPoolExecutor() as pool:  # a test may run an event loop in this thread
                pool.submit(asyncio.run, schema.apply(url, migrations)).result()
            self._admin.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(Identifier(name)))
            self._templates[migrations] = name
        return self._templates[migrations]


def _name() -> str:
    return f"t_{secrets.token_hex(6)}"
